// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.endtoend;

import static io.github.mtasts.policy.PolicyMode.ENFORCE;
import static io.github.mtasts.testing.TestInternet.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.WhenUnavailable;
import io.github.mtasts.discovery.DnsAnswer;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.discovery.DnsJavaClient;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.testing.PolicyAnswer;
import io.github.mtasts.testing.TestDns;
import io.github.mtasts.testing.TestInternet;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The resolver with real DNS and real HTTPS. */
final class ResolverEndToEndTest {
  @AutoClose private final TestInternet net = TestInternet.start();

  @Test
  void aPolicyIsFetchedCachedRenewedAndKeptDuringAnAttack() throws Exception {
    BlockingQueue<Resolution.InForce> fetched = new LinkedBlockingQueue<>();
    net.dns().ttl(300);
    net.publish("nmrc.org", "20240627092600", policy(ENFORCE, "talon.nmrc.org"));
    try (PolicyResolver resolver =
        net.resolver()
            .listener(
                new ResolverListener() {
                  @Override
                  public void policyFetched(Resolution.InForce policy) {
                    fetched.add(policy);
                  }
                })
            .build()) {
      Resolution first = resolver.resolve("NMRC.org.");
      assertThat(first.decide("talon.nmrc.org").requirement()).isEqualTo(Requirement.ENFORCED);
      assertThat(first.decide("mx.attacker.example").isRefused()).isTrue();

      assertThat(fetched.poll(30, TimeUnit.SECONDS)).extracting(f -> f.id()).isNotEqualTo("2");
      net.publish("nmrc.org", "2", policy(ENFORCE, "eagle.nmrc.org"));
      net.clock().advance(Duration.ofMinutes(5));
      assertThat(resolver.resolve("nmrc.org").decide("talon.nmrc.org").isListed()).isTrue();
      assertThat(fetched.poll(30, TimeUnit.SECONDS)).extracting(f -> f.id()).isEqualTo("2");
      // The event may come before the cache is updated; the recheck waits for the end.
      assertThat(resolver.recheck("nmrc.org").decide("eagle.nmrc.org").isListed()).isTrue();

      net.policyHosts().answer("nmrc.org", PolicyAnswer.status(404));
      net.dns().fault("_mta-sts.nmrc.org", TestDns.Fault.NXDOMAIN);
      net.clock().advance(Duration.ofDays(6));
      Resolution.InForce blocked = (Resolution.InForce) resolver.recheck("nmrc.org");
      assertThat(blocked.source()).isEqualTo(Resolution.Source.CACHED_UNCONFIRMED);
      assertThat(blocked.problem().orElseThrow().detail()).contains("404");
      assertThat(blocked.decide("mx.attacker.example").isRefused()).isTrue();

      net.clock().advance(Duration.ofDays(1));
      assertThat(resolver.resolve("nmrc.org").policy()).as("expired after a week").isEmpty();
    }
  }

  @Test
  void aPolicyHostWithAnInternalAddressIsNotContacted() throws Exception {
    net.publish("evil.example", "1", policy(ENFORCE, "mx.evil.example"));
    try (PolicyResolver resolver =
        net.resolverOptions()
            .dnsServers(net.dns().address())
            .allowPolicyHostAddresses("192.0.2.0/24")
            .build()) {
      Resolution.NoPolicy none = (Resolution.NoPolicy) resolver.resolve("evil.example");

      assertThat(none.reason()).isEqualTo(Resolution.Reason.FETCH_FAILED);
      assertThat(none.detail()).contains("127.0.0.1");
      assertThat(net.policyHosts().connections()).isZero();
    }
  }

  @Test
  void aPolicyHostThatDoesNotResolveIsAFetchFailure() {
    net.dns().txt("_mta-sts.example.com", "v=STSv1; id=1;");
    try (PolicyResolver resolver = net.resolver().build()) {
      Resolution.NoPolicy none = (Resolution.NoPolicy) resolver.resolve("example.com");

      assertThat(none.reason()).isEqualTo(Resolution.Reason.FETCH_FAILED);
      assertThat(none.detail()).contains("mta-sts.example.com");
    }
  }

  @Test
  void mailIsDeferredIfTheRecordExistsAndThePolicyHostDoesNotResolve() {
    net.publish("example.com", "1", policy(ENFORCE, "mx.example.com"));
    net.dns().fault("mta-sts.example.com", TestDns.Fault.SERVFAIL);
    try (PolicyResolver resolver =
        net.resolver().whenDnsUnavailable(WhenUnavailable.DEFER).build()) {
      Resolution unknown = resolver.resolve("example.com");

      assertThat(unknown.explain())
          .contains("expected an answer from DNS", "SERVFAIL")
          .doesNotContain("publish");
      assertThat(unknown.decide("mx.example.com").isRefused()).isTrue();
    }
  }

  @Test
  void aDnsTimeoutIsUnavailableAtTheDeadline() {
    net.dns().fault("_mta-sts.example.com", TestDns.Fault.SILENT);
    try (PolicyResolver resolver = net.resolver().dnsDeadline(Duration.ofMillis(200)).build()) {
      Resolution.Undetermined unknown = (Resolution.Undetermined) resolver.resolve("example.com");

      assertThat(unknown.cause()).isEqualTo(Resolution.Undetermined.Cause.DNS_UNAVAILABLE);
      assertThat(unknown.defers()).as("by default").isFalse();
    }
  }

  @Test
  void aDnsClientOfTheCallerIsUsedAndNotClosed() {
    net.publish("nmrc.org", "1", policy(ENFORCE, "talon.nmrc.org"));
    try (DnsClient shared =
        DnsJavaClient.of(List.of(net.dns().address()), DnsJavaClient.DEFAULT_DEADLINE)) {
      try (PolicyResolver resolver =
          net.resolverOptions().dnsClient(shared).allowPolicyHostAddresses("127.0.0.0/8").build()) {
        assertThat(resolver.resolve("nmrc.org").policy()).isPresent();
      }

      assertThat(shared.txt(DomainName.of("_mta-sts.nmrc.org")).join().status())
          .isEqualTo(DnsAnswer.Status.FOUND);
    }
  }
}
