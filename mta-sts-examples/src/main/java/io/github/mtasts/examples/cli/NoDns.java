// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.discovery.DnsAnswer;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.discovery.MxHost;
import io.github.mtasts.policy.DomainName;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;

/** A DNS client that answers nothing, for a resolver that works offline. */
enum NoDns implements DnsClient {
  INSTANCE;

  @Override
  public CompletableFuture<DnsAnswer<String>> txt(DomainName name) {
    return unavailable();
  }

  @Override
  public CompletableFuture<DnsAnswer<InetAddress>> addresses(DomainName name) {
    return unavailable();
  }

  @Override
  public CompletableFuture<DnsAnswer<MxHost>> mx(DomainName name) {
    return unavailable();
  }

  private static <T> CompletableFuture<DnsAnswer<T>> unavailable() {
    return CompletableFuture.completedFuture(DnsAnswer.unavailable("DNS was not queried"));
  }

  @Override
  public void close() {}
}
