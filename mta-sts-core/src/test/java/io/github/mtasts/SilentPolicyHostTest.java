// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.Resolution.Source;
import io.github.mtasts.decision.Resolution.Undetermined;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.WhenUnavailable;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * The domain has a record, but DNS does not answer the query for the policy host's address. That is
 * no failure of the host, and the domain does not count as one without a policy.
 */
final class SilentPolicyHostTest {
  private final FakeInternet net = new FakeInternet().txt("example.com", 300, "v=STSv1; id=1;");
  private final RecordingListener events = new RecordingListener();
  private final PolicyResolver resolver = net.resolver(events);

  @Test
  void isADnsFailureAndNotAFailedFetch() {
    net.hostNotFound("example.com");

    Undetermined none = (Undetermined) resolver.resolve("example.com");

    assertThat(none.cause()).isEqualTo(Cause.DNS_UNAVAILABLE);
    assertThat(none.detail()).isEqualTo("no answer about the policy host");
    assertThat(none.problem().orElseThrow().resultType()).isEmpty();
    assertThat(none.decide("mx.example.com").requirement()).isEqualTo(Requirement.OPPORTUNISTIC);
    assertThat(events.read()).as("no failed fetch").isEmpty();
  }

  @Test
  void defersMailIfConfigured() {
    net.hostNotFound("example.com")
        .txt("example.net", 300, "v=STSv1; id=1;")
        .broken("example.net", ResultType.STS_POLICY_FETCH_ERROR);
    try (PolicyResolver deferring =
        net.resolver(net.builder().whenDnsUnavailable(WhenUnavailable.DEFER))) {
      MxDecision decision = deferring.resolve("example.com").decide("mx.example.com");

      assertThat(decision.isRefused()).isTrue();
      assertThat(decision.explain()).contains("no answer about the policy host", "queued");
      assertThat(deferring.resolve("example.net").decide("mx.example.net").isRefused())
          .as("RFC 8461 §3.3: a failing policy host is no reason to defer")
          .isFalse();
    }
  }

  @Test
  void isRetriedAfterTenSeconds() {
    net.hostNotFound("example.com");
    resolver.resolve("example.com");
    net.pass(9);
    resolver.resolve("example.com");
    assertThat(net.fetches).hasValue(1);

    net.enforce("example.com", 604_800, "mx.example.com");
    net.pass(1);

    assertThat(resolver.resolve("example.com").policy()).isPresent();
    assertThat(net.fetches).as("no back-off").hasValue(2);
  }

  @Test
  void doesNotCountAgainstTheFetchLimit() {
    net.hostNotFound("example.com");
    for (int i = 0; i < 5; i++) {
      resolver.resolve("example.com");
      net.pass(10);
    }
    net.enforce("example.com", 604_800, "mx.example.com");

    assertThat(resolver.resolve("example.com").policy()).isPresent();
  }

  @Test
  void keepsACachedPolicyInForceUnconfirmed() {
    net.enforce("example.com", 604_800, "mx.example.com");
    resolver.resolve("example.com");
    net.txt("example.com", 300, "v=STSv1; id=2;").hostNotFound("example.com");
    net.pass(300);
    events.read();

    resolver.resolve("example.com");
    InForce kept = (InForce) resolver.resolve("example.com");

    assertThat(kept.source()).isEqualTo(Source.CACHED_UNCONFIRMED);
    assertThat(kept.id()).isEqualTo("1");
    assertThat(kept.problem().orElseThrow().resultType()).isEmpty();
    assertThat(kept.problem().orElseThrow().detail()).isEqualTo("no answer about the policy host");
    assertThat(kept.decide("mx.example.com").requirement()).isEqualTo(Requirement.ENFORCED);
    assertThat(events.read()).containsExactly("suspicious example.com ID_CHANGED_BUT_NOT_FETCHED");
  }

  @Test
  void renewsTheCachedPolicyAtTheNextLookup() {
    net.enforce("example.com", 604_800, "mx.example.com");
    resolver.resolve("example.com");
    net.txt("example.com", 86_400, "v=STSv1; id=2;").hostNotFound("example.com");
    net.pass(300);
    resolver.resolve("example.com");
    net.enforce("example.com", 604_800, "mx2.example.com");
    net.pass(60); // the minimum time between two queries for a record, whatever its TTL

    resolver.resolve("example.com");

    assertThat(resolver.resolve("example.com").decide("mx2.example.com").requirement())
        .isEqualTo(Requirement.ENFORCED);
  }

  @Test
  void doesNotKeepAnExpiredPolicyInForce() {
    net.enforce("example.com", 3600, "mx.example.com");
    resolver.resolve("example.com");
    net.txt("example.com", 300, "v=STSv1; id=2;").hostNotFound("example.com");
    net.pass(Duration.ofHours(2));

    assertThat(((Undetermined) resolver.resolve("example.com")).cause())
        .isEqualTo(Cause.DNS_UNAVAILABLE);
  }

  @Test
  void keepsTheCachedPolicyDuringARecheck() {
    net.enforce("example.com", 604_800, "mx.example.com");
    resolver.resolve("example.com");
    net.hostNotFound("example.com");
    net.pass(300);

    InForce kept = (InForce) resolver.recheck("example.com");

    assertThat(kept.source()).isEqualTo(Source.CACHED_UNCONFIRMED);
    assertThat(net.fetches).hasValue(2);
  }
}
