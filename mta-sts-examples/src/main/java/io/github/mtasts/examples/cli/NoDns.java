package io.github.mtasts.examples.cli;

import io.github.mtasts.discovery.DnsAnswer;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.discovery.MxHost;
import io.github.mtasts.policy.DomainName;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;

/** DNS for a resolver that is to tell what it knows, and to ask nobody. */
enum NoDns implements DnsClient {
  INSTANCE;

  @Override
  public CompletableFuture<DnsAnswer<String>> txt(DomainName name) {
    return nothing();
  }

  @Override
  public CompletableFuture<DnsAnswer<InetAddress>> addresses(DomainName name) {
    return nothing();
  }

  @Override
  public CompletableFuture<DnsAnswer<MxHost>> mx(DomainName name) {
    return nothing();
  }

  private static <T> CompletableFuture<DnsAnswer<T>> nothing() {
    return CompletableFuture.completedFuture(DnsAnswer.unavailable("DNS was not asked"));
  }

  @Override
  public void close() {}
}
