// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.Resolution.NoPolicy;
import io.github.mtasts.decision.Resolution.Reason;
import io.github.mtasts.decision.Resolution.Source;
import io.github.mtasts.decision.ResultType;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Before a delivery is given up: is there a newer policy? */
final class RecheckTest {
  private final FakeInternet net = new FakeInternet();
  private final RecordingListener diary = new RecordingListener();
  private final PolicyResolver resolver = net.resolver(diary);

  private void known() {
    net.txt("example.com", 3_600, "v=STSv1; id=1;")
        .enforce("example.com", 604_800, "old.example.com");
    resolver.resolve("example.com");
  }

  @Test
  @Tag("rfc-item-73")
  @Tag("rfc-item-78")
  void asksDnsEvenWhileTheAnswerIsFreshAndTakesTheNewPolicy() {
    known();
    net.txt("example.com", 3_600, "v=STSv1; id=2;")
        .enforce("example.com", 604_800, "new.example.com");
    assertThat(resolver.resolve("example.com").decide("new.example.com").isRefused()).isTrue();

    Resolution seen = resolver.recheck("example.com");

    assertThat(((InForce) seen).source()).isEqualTo(Source.FETCHED);
    assertThat(seen.decide("new.example.com").requirement()).isEqualTo(Requirement.ENFORCED);
    assertThat(resolver.resolve("example.com").decide("new.example.com").isRefused()).isFalse();
  }

  @Test
  @Tag("rfc-item-99")
  void findsABodyThatChangedUnderTheSameId() {
    known();
    net.enforce("example.com", 604_800, "new.example.com");
    net.pass(300);

    assertThat(resolver.recheck("example.com").decide("new.example.com").isListed()).isTrue();
    assertThat(((InForce) resolver.resolve("example.com")).expiresAt())
        .as("a fetch moves the expiry")
        .isEqualTo(FakeInternet.START.plusSeconds(300 + 604_800));
  }

  @Test
  void fetchesUnderAnUnchangedIdOnceInFiveMinutesOnly() {
    known();
    for (int i = 0; i < 10; i++) {
      net.pass(29);
      assertThat(resolver.recheck("example.com").policy()).isPresent();
    }
    assertThat(net.fetches).hasValue(1);
    assertThat(net.questions).as("DNS is asked each time").hasValue(11);
    net.pass(10);
    resolver.recheck("example.com");
    assertThat(net.fetches).hasValue(2);
    resolver.recheck("example.com");
    assertThat(net.fetches).hasValue(2);
  }

  @Test
  void fetchesAtOnceUnderAnUntriedId() {
    known();
    net.txt("example.com", 3_600, "v=STSv1; id=2;")
        .broken("example.com", ResultType.STS_POLICY_FETCH_ERROR);
    resolver.recheck("example.com");
    resolver.recheck("example.com");
    assertThat(net.fetches).as("the second time it is no longer untried").hasValue(2);
    net.txt("example.com", 3_600, "v=STSv1; id=3;");
    resolver.recheck("example.com");

    assertThat(net.fetches).hasValue(3);
  }

  @Test
  void fetchesThoughTheRecordIsGoneBecauseTheAttackerMayHaveTakenIt() {
    known();
    net.noTxt("example.com", 60).enforce("example.com", 604_800, "new.example.com");
    net.pass(300);

    InForce seen = (InForce) resolver.recheck("example.com");

    assertThat(seen.decide("new.example.com").isListed()).isTrue();
    assertThat(seen.id()).isEqualTo("1");
  }

  @Test
  void fetchesThoughDnsIsDead() {
    known();
    net.dnsDown("example.com").enforce("example.com", 604_800, "new.example.com");
    net.pass(300);

    assertThat(resolver.recheck("example.com").decide("new.example.com").isListed()).isTrue();
  }

  @Test
  void keepsThePolicyWhenEverythingIsBlocked() {
    known();
    net.dnsDown("example.com").broken("example.com", ResultType.STS_POLICY_FETCH_ERROR);
    net.pass(300);

    InForce kept = (InForce) resolver.recheck("example.com");

    assertThat(kept.source()).isEqualTo(Source.CACHED_UNCONFIRMED);
    assertThat(kept.decide("new.example.com").isRefused()).isTrue();
    assertThat(kept.problem().orElseThrow().resultType())
        .contains(ResultType.STS_POLICY_FETCH_ERROR);
  }

  @Test
  void asksDnsAnewAboutADomainWithoutARecord() {
    net.noTxt("example.com", 1_800);
    resolver.resolve("example.com");
    net.txt("example.com", 60, "v=STSv1; id=1;").enforce("example.com", 60, "mx.example.com");
    assertThat(resolver.resolve("example.com").policy()).isEmpty();

    assertThat(resolver.recheck("example.com").policy()).isPresent();
  }

  @Test
  void fetchesNothingForADomainOfWhichNothingIsKnown() {
    net.dnsDown("example.com").enforce("example.com", 604_800, "mx.example.com");

    assertThat(((NoPolicy) resolver.recheck("example.com")).reason())
        .isEqualTo(Reason.DNS_UNAVAILABLE);
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
  void looksOnceMoreWhenAMereLookIsUnderWay() {
    var slow = net.slowDns("example.com");
    CompletableFuture<Resolution> look = resolver.resolveAsync("example.com");
    CompletableFuture<Resolution> recheck = resolver.recheckAsync("example.com");
    CompletableFuture<Resolution> another = resolver.recheckAsync("example.com");
    net.fast("example.com");
    net.txt("example.com", 60, "v=STSv1; id=1;").enforce("example.com", 60, "mx.example.com");
    slow.complete(new FakeInternet().recordOf("example.com"));

    assertThat(look.join().policy()).isEmpty();
    assertThat(recheck.join().policy()).isPresent();
    assertThat(another.join().policy()).isPresent();
    assertThat(net.fetches).hasValue(1);
  }

  @Test
  void cancellingOneRecheckHarmsNoOther() {
    var slow = net.slowDns("example.com");
    CompletableFuture<Resolution> one = resolver.recheckAsync("example.com");
    CompletableFuture<Resolution> two = resolver.recheckAsync("example.com");
    one.cancel(true);
    slow.complete(net.txt("example.com", 60, "v=STSv1; id=1;").recordOf("example.com"));

    assertThat(two.join().domain()).isEqualTo("example.com");
    assertThat(net.questions).hasValue(1);
  }
}
