// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import io.github.mtasts.address.AddressGuard;
import io.github.mtasts.policy.Reading;
import java.net.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import javax.net.ssl.X509TrustManager;

/** Builds fetchers for tests: the usual settings, of which each test changes a few. */
final class FetcherBuilder {
  private final HostAddresses addresses;
  private AddressGuard guard = AddressGuard.publicOnly();
  private Reading reading = Reading.TOLERANT;
  private Optional<X509TrustManager> trustManager = Optional.empty();
  private Proxy proxy = Proxy.NO_PROXY;
  private int port = OkHttpPolicyFetcher.HTTPS_PORT;
  private String userAgent = UserAgent.standard();
  private Duration deadline = Duration.ofSeconds(60);
  private int maxConcurrentFetches = 512;
  private Optional<Executor> executor = Optional.empty();

  FetcherBuilder(HostAddresses addresses) {
    this.addresses = addresses;
  }

  FetcherBuilder guard(AddressGuard guard) {
    this.guard = guard;
    return this;
  }

  FetcherBuilder reading(Reading reading) {
    this.reading = reading;
    return this;
  }

  FetcherBuilder trustManager(X509TrustManager trustManager) {
    this.trustManager = Optional.of(trustManager);
    return this;
  }

  FetcherBuilder proxy(Proxy proxy) {
    this.proxy = proxy;
    return this;
  }

  FetcherBuilder port(int port) {
    this.port = port;
    return this;
  }

  FetcherBuilder userAgent(String userAgent) {
    this.userAgent = userAgent;
    return this;
  }

  FetcherBuilder deadline(Duration deadline) {
    this.deadline = deadline;
    return this;
  }

  FetcherBuilder maxConcurrentFetches(int max) {
    this.maxConcurrentFetches = max;
    return this;
  }

  FetcherBuilder executor(Executor executor) {
    this.executor = Optional.of(executor);
    return this;
  }

  FetchSettings settings() {
    return new FetchSettings(
        guard,
        reading,
        trustManager,
        proxy,
        port,
        userAgent,
        deadline,
        maxConcurrentFetches,
        executor,
        InstantSource.system());
  }

  OkHttpPolicyFetcher build() {
    return new OkHttpPolicyFetcher(addresses, settings());
  }
}
