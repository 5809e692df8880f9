// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.Resolution.NoPolicy;
import io.github.mtasts.decision.Resolution.Reason;
import io.github.mtasts.decision.Resolution.Source;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.PolicyMode;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A cached policy stays in force until it expires or a newer one replaces it. */
final class RememberedPolicyTest {
  private static final int WEEK = 604_800;

  private final FakeInternet net = new FakeInternet();
  private final RecordingListener events = new RecordingListener();
  private final PolicyResolver resolver = net.resolver(events);

  /** What an attacker on the path can do to discovery and fetch. */
  @SuppressWarnings("ImmutableEnumChecker") // lambdas without captured state
  enum Attack {
    DNS_DOWN(net -> net.dnsDown("nmrc.org")),
    RECORD_GONE(net -> net.noTxt("nmrc.org", 60)),
    RECORD_MALFORMED(net -> net.txt("nmrc.org", 60, "v=STSv1; id=not an id")),
    RECORD_TWICE(net -> net.txt("nmrc.org", 60, "v=STSv1; id=1;", "v=STSv1; id=2;")),
    NEW_ID_HOST_DOWN(
        net ->
            net.txt("nmrc.org", 60, "v=STSv1; id=2;")
                .broken("nmrc.org", ResultType.STS_POLICY_FETCH_ERROR)),
    NEW_ID_BAD_CERTIFICATE(
        net ->
            net.txt("nmrc.org", 60, "v=STSv1; id=2;")
                .broken("nmrc.org", ResultType.STS_WEBPKI_INVALID)),
    NEW_ID_INVALID_POLICY(
        net ->
            net.txt("nmrc.org", 60, "v=STSv1; id=2;")
                .broken("nmrc.org", ResultType.STS_POLICY_INVALID));

    private final Consumer<FakeInternet> effect;

    Attack(Consumer<FakeInternet> effect) {
      this.effect = effect;
    }
  }

  @BeforeEach
  void cachePolicy() {
    net.txt("nmrc.org", 60, "v=STSv1; id=1;").enforce("nmrc.org", WEEK, "talon.nmrc.org");
    resolver.resolve("nmrc.org");
    events.read();
  }

  @ParameterizedTest
  @EnumSource
  @Tag("rfc-item-13")
  @Tag("rfc-item-52")
  @Tag("rfc-item-82")
  void keepsTheCachedPolicyWhenDiscoveryOrFetchFails(Attack attack) {
    attack.effect.accept(net);
    net.pass(60);
    resolver.resolve("nmrc.org");

    InForce kept = (InForce) resolver.resolve("nmrc.org");

    assertThat(kept.source()).isEqualTo(Source.CACHED_UNCONFIRMED);
    assertThat(kept.id()).isEqualTo("1");
    assertThat(kept.problem()).isPresent();
    assertThat(kept.expiresAt()).isEqualTo(FakeInternet.START.plusSeconds(WEEK));
    assertThat(kept.decide("evil.example").isRefused()).isTrue();
    assertThat(kept.decide("talon.nmrc.org").requirement()).isEqualTo(Requirement.ENFORCED);
    assertThat(kept.explain()).contains(kept.problem().orElseThrow().detail());
  }

  @ParameterizedTest
  @EnumSource
  @Tag("rfc-item-28")
  void expiresMaxAgeAfterTheLastFetchDuringAnAttack(Attack attack) {
    attack.effect.accept(net);
    for (int day = 1; day < 7; day++) {
      net.pass(86_400);
      assertThat(resolver.resolve("nmrc.org").policy()).as("day " + day).isPresent();
    }
    net.pass(86_399);
    assertThat(resolver.resolve("nmrc.org").policy()).isPresent();
    events.read();
    net.pass(1);

    assertThat(resolver.resolve("nmrc.org").policy()).isEmpty();
    assertThat(events.read()).contains("expired nmrc.org");
  }

  @Test
  @Tag("rfc-item-28")
  void anUnchangedIdDoesNotExtendTheExpiry() {
    for (int day = 1; day < 7; day++) {
      net.pass(86_400);
      resolver.resolve("nmrc.org");
    }
    net.broken("nmrc.org", ResultType.STS_POLICY_FETCH_ERROR);
    net.pass(86_400);

    NoPolicy none = (NoPolicy) resolver.resolve("nmrc.org");

    assertThat(none.reason()).isEqualTo(Reason.FETCH_FAILED);
  }

  @Test
  void returnsTheCachedPolicyAtOnceWhileDnsIsSlow() {
    net.pass(60);
    var silent = net.slowDns("nmrc.org");

    InForce first = (InForce) resolver.resolve("nmrc.org");
    InForce second = (InForce) resolver.resolve("nmrc.org");

    assertThat(first.source()).isEqualTo(Source.CACHED);
    assertThat(second.source()).isEqualTo(Source.CACHED);
    assertThat(net.questions).as("one lookup in the background for both").hasValue(2);
    silent.complete(net.recordOf("nmrc.org"));
  }

  @Test
  void appliesTheOldPolicyUntilTheNewOneIsParsed() {
    net.pass(60);
    net.txt("nmrc.org", 60, "v=STSv1; id=2;").enforce("nmrc.org", WEEK, "new.nmrc.org");
    var slow = net.slowHost("nmrc.org");
    resolver.resolve("nmrc.org");

    assertThat(resolver.resolve("nmrc.org").decide("talon.nmrc.org").requirement())
        .isEqualTo(Requirement.ENFORCED);
    slow.complete(net.policyOf("nmrc.org"));

    assertThat(resolver.resolve("nmrc.org").decide("talon.nmrc.org").isRefused()).isTrue();
    assertThat(resolver.resolve("nmrc.org").decide("new.nmrc.org").isListed()).isTrue();
  }

  @Test
  @Tag("rfc-item-7")
  @Tag("rfc-item-102")
  void aNewIdCausesAFetch() {
    net.pass(60);
    net.txt("nmrc.org", 60, "v=STSv1; id=2;").enforce("nmrc.org", 2 * WEEK, "new.nmrc.org");
    resolver.resolve("nmrc.org");

    InForce renewed = (InForce) resolver.resolve("nmrc.org");

    assertThat(renewed.id()).isEqualTo("2");
    assertThat(renewed.source()).isEqualTo(Source.CACHED);
    assertThat(renewed.fetchedAt()).isEqualTo(FakeInternet.START.plusSeconds(60));
    assertThat(renewed.expiresAt()).isEqualTo(FakeInternet.START.plusSeconds(60 + 2 * WEEK));
    assertThat(events.read())
        .containsExactly("suspicious nmrc.org MX_LIST_REPLACED", "fetched nmrc.org enforce");
  }

  @Test
  @Tag("rfc-item-8")
  void anIdThatLooksOlderCausesAFetchToo() {
    net.pass(60);
    net.txt("nmrc.org", 60, "v=STSv1; id=0;");
    resolver.resolve("nmrc.org");

    assertThat(net.fetches).hasValue(2);
  }

  @Test
  @Tag("rfc-item-92")
  void aNewIdWithAnUnchangedPolicyIsCached() {
    net.pass(60);
    net.txt("nmrc.org", 60, "v=STSv1; id=2;");
    resolver.resolve("nmrc.org");
    net.pass(60);
    resolver.resolve("nmrc.org");

    assertThat(((InForce) resolver.resolve("nmrc.org")).id()).isEqualTo("2");
    assertThat(net.fetches).as("one fetch under the new id").hasValue(2);
  }

  @Test
  @Tag("rfc-item-95")
  void modeNoneReplacesAPolicyInEnforceAtOnce() {
    net.pass(60);
    net.txt("nmrc.org", 60, "v=STSv1; id=2;").policy("nmrc.org", FakeInternet.text("none", 86_400));
    resolver.resolve("nmrc.org");

    InForce none = (InForce) resolver.resolve("nmrc.org");

    assertThat(none.published().mode()).isEqualTo(PolicyMode.NONE);
    assertThat(none.decide("anything.example").requirement()).isEqualTo(Requirement.OPPORTUNISTIC);
    net.noTxt("nmrc.org", 60).broken("nmrc.org", ResultType.STS_POLICY_FETCH_ERROR);
    net.pass(86_400);
    assertThat(resolver.resolve("nmrc.org").policy()).isEmpty();
  }

  @Test
  void isConfirmedAgainWhenTheRecordReturns() {
    net.noTxt("nmrc.org", 60);
    net.pass(60);
    resolver.resolve("nmrc.org");
    net.txt("nmrc.org", 60, "v=STSv1; id=1;");
    net.pass(60);
    resolver.resolve("nmrc.org");

    InForce confirmed = (InForce) resolver.resolve("nmrc.org");

    assertThat(confirmed.source()).isEqualTo(Source.CACHED);
    assertThat(confirmed.problem()).isEmpty();
  }

  @Test
  void reportsSinceWhenTheProblemExists() {
    net.noTxt("nmrc.org", 60);
    net.pass(60);
    resolver.resolve("nmrc.org");
    net.dnsDown("nmrc.org");
    net.pass(60);
    resolver.resolve("nmrc.org");

    assertThat(resolver.resolve("nmrc.org").problem().orElseThrow().since())
        .isEqualTo(FakeInternet.START.plusSeconds(60));
  }

  @Test
  void aForgedTtlOfAYearDelaysTheNextQueryByOneHourAtMost() {
    net.txt("nmrc.org", 31_557_600, "v=STSv1; id=1;");
    net.pass(60);
    resolver.resolve("nmrc.org");
    net.pass(3_599);
    resolver.resolve("nmrc.org");
    assertThat(net.questions).hasValue(2);
    net.pass(1);
    resolver.resolve("nmrc.org");

    assertThat(net.questions).hasValue(3);
  }

  @Test
  void aWallClockThatJumpsNeitherExpiresNorExtendsAPolicy() {
    net.wallOffsetSeconds.set(10L * WEEK);
    assertThat(resolver.resolve("nmrc.org").policy()).isPresent();
    net.wallOffsetSeconds.set(-10L * WEEK);
    net.broken("nmrc.org", ResultType.STS_POLICY_FETCH_ERROR);
    net.pass(WEEK);

    assertThat(resolver.resolve("nmrc.org").policy()).isEmpty();
  }

  @Test
  void aRecheckFloorOfZeroQueriesDnsForEveryMessage() {
    try (PolicyResolver eager = net.resolver(net.builder().recordRecheckFloor(Duration.ZERO))) {
      net.txt("zero.example", 0, "v=STSv1; id=1;").enforce("zero.example", WEEK, "mx.example");
      eager.resolve("zero.example");
      int before = net.questions.get();
      eager.resolve("zero.example");
      eager.resolve("zero.example");

      assertThat(net.questions).hasValue(before + 2);
    }
  }

  @Test
  void aRecheckFloorAboveTheMaximumTtlWins() {
    try (PolicyResolver lazy =
        net.resolver(net.builder().recordRecheckFloor(Duration.ofHours(2)))) {
      lazy.resolve("nmrc.org");
      int before = net.questions.get();
      net.pass(7_199);
      lazy.resolve("nmrc.org");

      assertThat(net.questions).hasValue(before);
    }
  }

  @Test
  void anExpiryDuringAFetchIsReported() {
    net.txt("nmrc.org", 60, "v=STSv1; id=2;");
    var slow = net.slowHost("nmrc.org");
    net.pass(60);
    resolver.resolve("nmrc.org");
    net.broken("nmrc.org", ResultType.STS_POLICY_FETCH_ERROR);
    net.pass(WEEK);
    slow.complete(net.policyOf("nmrc.org"));

    assertThat(events.read())
        .containsExactly("expired nmrc.org", "failed nmrc.org sts-policy-fetch-error");
  }
}
