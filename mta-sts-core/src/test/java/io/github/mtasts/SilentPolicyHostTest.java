// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.Resolution.NoPolicy;
import io.github.mtasts.decision.Resolution.Reason;
import io.github.mtasts.decision.Resolution.Source;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.WhenUnavailable;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * DNS shows a record and does not say where the policy host is: not a failure of the host, and
 * never a reason to take the domain for one without a policy.
 */
final class SilentPolicyHostTest {
  private final FakeInternet net = new FakeInternet().txt("example.com", 300, "v=STSv1; id=1;");
  private final RecordingListener diary = new RecordingListener();
  private final PolicyResolver resolver = net.resolver(diary);

  @Test
  void isNothingKnownRatherThanAFailedFetch() {
    net.hostNotFound("example.com");

    NoPolicy none = (NoPolicy) resolver.resolve("example.com");

    assertThat(none.reason()).isEqualTo(Reason.DNS_UNAVAILABLE);
    assertThat(none.detail()).isEqualTo("no answer about the policy host");
    assertThat(none.problem().orElseThrow().resultType()).isEmpty();
    assertThat(none.decide("mx.example.com").requirement()).isEqualTo(Requirement.OPPORTUNISTIC);
    assertThat(diary.read()).as("no failure of the host's").isEmpty();
  }

  @Test
  void defersMailWhereTheOperatorWantsIt() {
    net.hostNotFound("example.com")
        .txt("example.net", 300, "v=STSv1; id=1;")
        .broken("example.net", ResultType.STS_POLICY_FETCH_ERROR);
    try (PolicyResolver careful =
        net.resolver(net.builder().whenUnavailable(WhenUnavailable.DEFER))) {
      MxDecision decision = careful.resolve("example.com").decide("mx.example.com");

      assertThat(decision.isRefused()).isTrue();
      assertThat(decision.explain()).contains("no answer about the policy host", "queued");
      assertThat(careful.resolve("example.net").decide("mx.example.net").isRefused())
          .as("RFC 8461 §3.3: a host that fails is no reason to wait")
          .isFalse();
    }
  }

  @Test
  void isAskedForAgainWithinSeconds() {
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
  void doesNotUseUpTheFetchesOfADomain() {
    net.hostNotFound("example.com");
    for (int i = 0; i < 5; i++) {
      resolver.resolve("example.com");
      net.pass(10);
    }
    net.enforce("example.com", 604_800, "mx.example.com");

    assertThat(resolver.resolve("example.com").policy()).isPresent();
  }

  @Test
  void leavesARememberedPolicyInForceUnconfirmed() {
    net.enforce("example.com", 604_800, "mx.example.com");
    resolver.resolve("example.com");
    net.txt("example.com", 300, "v=STSv1; id=2;").hostNotFound("example.com");
    net.pass(300);
    diary.read();

    resolver.resolve("example.com");
    InForce kept = (InForce) resolver.resolve("example.com");

    assertThat(kept.source()).isEqualTo(Source.CACHED_UNCONFIRMED);
    assertThat(kept.id()).isEqualTo("1");
    assertThat(kept.problem().orElseThrow().resultType()).isEmpty();
    assertThat(kept.problem().orElseThrow().detail()).isEqualTo("no answer about the policy host");
    assertThat(kept.decide("mx.example.com").requirement()).isEqualTo(Requirement.ENFORCED);
    assertThat(diary.read()).isEmpty();
  }

  @Test
  void renewsTheRememberedPolicyAtTheNextLook() {
    net.enforce("example.com", 604_800, "mx.example.com");
    resolver.resolve("example.com");
    net.txt("example.com", 86_400, "v=STSv1; id=2;").hostNotFound("example.com");
    net.pass(300);
    resolver.resolve("example.com");
    net.enforce("example.com", 604_800, "mx2.example.com");
    net.pass(60); // the floor between looks at a record, whatever its TTL

    resolver.resolve("example.com");

    assertThat(resolver.resolve("example.com").decide("mx2.example.com").requirement())
        .isEqualTo(Requirement.ENFORCED);
  }

  @Test
  void leavesNoPolicyThatHasExpiredInForce() {
    net.enforce("example.com", 3600, "mx.example.com");
    resolver.resolve("example.com");
    net.txt("example.com", 300, "v=STSv1; id=2;").hostNotFound("example.com");
    net.pass(Duration.ofHours(2));

    assertThat(((NoPolicy) resolver.resolve("example.com")).reason())
        .isEqualTo(Reason.DNS_UNAVAILABLE);
  }

  @Test
  void doesNotMakeARecheckLoseThePolicy() {
    net.enforce("example.com", 604_800, "mx.example.com");
    resolver.resolve("example.com");
    net.hostNotFound("example.com");
    net.pass(300);

    InForce kept = (InForce) resolver.recheck("example.com");

    assertThat(kept.source()).isEqualTo(Source.CACHED_UNCONFIRMED);
    assertThat(net.fetches).hasValue(2);
  }
}
