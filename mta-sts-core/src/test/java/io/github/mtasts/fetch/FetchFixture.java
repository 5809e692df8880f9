// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.address.AddressGuard;
import io.github.mtasts.address.AddressRange;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.fetch.FetchResult.Failed;
import io.github.mtasts.fetch.FetchResult.Fetched;
import io.github.mtasts.fetch.FetchResult.Unavailable;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.testing.PolicyHosts;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.testing.TestInternet;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A fetcher, and the policy hosts that it fetches from. */
final class FetchFixture implements AutoCloseable {
  static final String POLICY =
      "version: STSv1\nmode: enforce\nmx: mail.example.com\nmax_age: 86400\n";

  private final TestInternet internet = TestInternet.start();
  final TestCa ca = internet.ca();
  final PolicyHosts hosts = internet.policyHosts();
  private final OkHttpPolicyFetcher fetcher =
      builder(host -> completedFuture(List.of(hosts.address()))).build();

  /** A builder of fetchers for these hosts, with another lookup of their addresses. */
  FetcherBuilder builder(HostAddresses addresses) {
    return new FetcherBuilder(addresses)
        .guard(AddressGuard.publicOnly().allowing(List.of(AddressRange.parse("127.0.0.0/8"))))
        .trustManager(ca.trustManager())
        .reading(Reading.STRICT)
        .deadline(Duration.ofSeconds(60))
        .port(hosts.port());
  }

  FetchResult fetch(String domain) {
    return fetch(fetcher, domain);
  }

  static FetchResult fetch(PolicyFetcher fetcher, String domain) {
    return fetcher.fetch(DomainName.of(domain)).orTimeout(120, TimeUnit.SECONDS).join();
  }

  Policy policy(String domain) {
    return policy(fetch(domain));
  }

  static Policy policy(FetchResult result) {
    assertThat(result).isInstanceOf(Fetched.class);
    return ((Fetched) result).policy();
  }

  Failed failure(String domain, ResultType type) {
    return failure(fetch(domain), type);
  }

  static Failed failure(FetchResult result, ResultType type) {
    assertThat(result)
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.resultType()).isEqualTo(type));
    return (Failed) result;
  }

  /** The reason on our side. */
  static String unavailable(FetchResult result) {
    assertThat(result).isInstanceOf(Unavailable.class);
    return ((Unavailable) result).detail();
  }

  static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (IOException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }

  @Override
  public void close() {
    fetcher.close();
    internet.close();
  }
}
