// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.Resolution.NoPolicy;
import io.github.mtasts.decision.Resolution.Reason;
import io.github.mtasts.decision.Resolution.Source;
import io.github.mtasts.decision.Resolution.Undetermined;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.decision.ResultType;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The recheck that looks for a newer policy before a delivery is given up. */
final class RecheckTest {
  private final FakeInternet net = new FakeInternet();
  private final RecordingListener events = new RecordingListener();
  private final PolicyResolver resolver = net.resolver(events);

  private void cachePolicy() {
    net.txt("example.com", 3_600, "v=STSv1; id=1;")
        .enforce("example.com", 604_800, "old.example.com");
    resolver.resolve("example.com");
  }

  @Test
  @Tag("rfc-item-73")
  @Tag("rfc-item-78")
  void queriesDnsBeforeTheTtlEndsAndUsesTheNewPolicy() {
    cachePolicy();
    net.txt("example.com", 3_600, "v=STSv1; id=2;")
        .enforce("example.com", 604_800, "new.example.com");
    assertThat(resolver.resolve("example.com").decide("new.example.com").isRefused()).isTrue();

    Resolution rechecked = resolver.recheck("example.com");

    assertThat(((InForce) rechecked).source()).isEqualTo(Source.FETCHED);
    assertThat(rechecked.decide("new.example.com").requirement()).isEqualTo(Requirement.ENFORCED);
    assertThat(resolver.resolve("example.com").decide("new.example.com").isRefused()).isFalse();
  }

  @Test
  @Tag("rfc-item-99")
  void findsAPolicyThatChangedUnderTheSameId() {
    cachePolicy();
    net.enforce("example.com", 604_800, "new.example.com");
    net.pass(300);

    assertThat(resolver.recheck("example.com").decide("new.example.com").isListed()).isTrue();
    assertThat(((InForce) resolver.resolve("example.com")).expiresAt())
        .as("a fetch extends the expiry")
        .isEqualTo(FakeInternet.START.plusSeconds(300 + 604_800));
  }

  @Test
  void fetchesUnderAnUnchangedIdAtMostOnceInFiveMinutes() {
    cachePolicy();
    for (int i = 0; i < 10; i++) {
      net.pass(29);
      assertThat(resolver.recheck("example.com").policy()).isPresent();
    }
    assertThat(net.fetches).hasValue(1);
    assertThat(net.questions).as("DNS is queried each time").hasValue(11);
    net.pass(10);
    resolver.recheck("example.com");
    assertThat(net.fetches).hasValue(2);
    resolver.recheck("example.com");
    assertThat(net.fetches).hasValue(2);
  }

  @Test
  void fetchesAtOnceUnderANewId() {
    cachePolicy();
    net.txt("example.com", 3_600, "v=STSv1; id=2;")
        .broken("example.com", ResultType.STS_POLICY_FETCH_ERROR);
    resolver.recheck("example.com");
    resolver.recheck("example.com");
    assertThat(net.fetches).as("the second recheck finds the id already tried").hasValue(2);
    net.txt("example.com", 3_600, "v=STSv1; id=3;");
    resolver.recheck("example.com");

    assertThat(net.fetches).hasValue(3);
  }

  @Test
  void fetchesThoughTheRecordIsMissingBecauseAnAttackerMaySuppressIt() {
    cachePolicy();
    net.noTxt("example.com", 60).enforce("example.com", 604_800, "new.example.com");
    net.pass(300);

    InForce rechecked = (InForce) resolver.recheck("example.com");

    assertThat(rechecked.decide("new.example.com").isListed()).isTrue();
    assertThat(rechecked.id()).isEqualTo("1");
  }

  @Test
  void fetchesThoughDnsFails() {
    cachePolicy();
    net.dnsDown("example.com").enforce("example.com", 604_800, "new.example.com");
    net.pass(300);

    assertThat(resolver.recheck("example.com").decide("new.example.com").isListed()).isTrue();
  }

  @Test
  void keepsThePolicyWhenDnsAndPolicyHostFail() {
    cachePolicy();
    net.dnsDown("example.com").broken("example.com", ResultType.STS_POLICY_FETCH_ERROR);
    net.pass(300);

    InForce kept = (InForce) resolver.recheck("example.com");

    assertThat(kept.source()).isEqualTo(Source.CACHED_UNCONFIRMED);
    assertThat(kept.decide("new.example.com").isRefused()).isTrue();
    assertThat(kept.problem().orElseThrow().resultType())
        .contains(ResultType.STS_POLICY_FETCH_ERROR);
  }

  @Test
  void queriesDnsAgainForADomainWithoutARecord() {
    net.noTxt("example.com", 1_800);
    resolver.resolve("example.com");
    net.txt("example.com", 60, "v=STSv1; id=1;").enforce("example.com", 60, "mx.example.com");
    assertThat(resolver.resolve("example.com").policy()).isEmpty();

    assertThat(resolver.recheck("example.com").policy()).isPresent();
  }

  @Test
  void fetchesNothingForAnUnknownDomainWhenDnsFails() {
    net.dnsDown("example.com").enforce("example.com", 604_800, "mx.example.com");

    assertThat(((Undetermined) resolver.recheck("example.com")).cause())
        .isEqualTo(Cause.DNS_UNAVAILABLE);
    assertThat(net.fetches).hasValue(0);
  }

  @Test
  void isRateLimitedWithoutAPolicyToo() {
    net.txt("example.com", 60, "v=STSv1; id=1;")
        .broken("example.com", ResultType.STS_POLICY_FETCH_ERROR);
    resolver.resolve("example.com");
    net.pass(299);
    assertThat(((NoPolicy) resolver.recheck("example.com")).reason())
        .isEqualTo(Reason.FETCH_FAILED);
    assertThat(net.fetches).hasValue(1);
    net.pass(31);
    resolver.recheck("example.com");
    assertThat(net.fetches).hasValue(2);
  }

  @Test
  void looksUpAgainWhenAPlainLookupIsInProgress() {
    var slow = net.slowDns("example.com");
    CompletableFuture<Resolution> lookup = resolver.resolveAsync("example.com");
    CompletableFuture<Resolution> recheck = resolver.recheckAsync("example.com");
    CompletableFuture<Resolution> another = resolver.recheckAsync("example.com");
    net.answerNormally("example.com");
    net.txt("example.com", 60, "v=STSv1; id=1;").enforce("example.com", 60, "mx.example.com");
    slow.complete(new FakeInternet().recordOf("example.com"));

    assertThat(lookup.join().policy()).isEmpty();
    assertThat(recheck.join().policy()).isPresent();
    assertThat(another.join().policy()).isPresent();
    assertThat(net.fetches).hasValue(1);
  }

  @Test
  void cancellingOneRecheckDoesNotAffectOthers() {
    var slow = net.slowDns("example.com");
    CompletableFuture<Resolution> one = resolver.recheckAsync("example.com");
    CompletableFuture<Resolution> two = resolver.recheckAsync("example.com");
    one.cancel(true);
    slow.complete(net.txt("example.com", 60, "v=STSv1; id=1;").recordOf("example.com"));

    assertThat(two.join().domain()).isEqualTo("example.com");
    assertThat(net.questions).hasValue(1);
  }
}
