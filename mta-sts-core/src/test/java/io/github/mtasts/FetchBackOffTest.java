// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.Resolution.NoPolicy;
import io.github.mtasts.decision.Resolution.Reason;
import io.github.mtasts.decision.Resolution.Undetermined;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.decision.ResultType;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A fetch that fails is not repeated under the same id until its back-off ends. */
final class FetchBackOffTest {
  private final FakeInternet net = new FakeInternet();
  private final RecordingListener events = new RecordingListener();
  private final PolicyResolver resolver = net.resolver(events);

  private void failFirstFetch() {
    net.txt("example.com", 60, "v=STSv1; id=1;")
        .broken("example.com", ResultType.STS_POLICY_FETCH_ERROR);
    resolver.resolve("example.com");
  }

  private int fetchesWithin(Duration time) {
    int before = net.fetches.get();
    for (long passed = 0; passed < time.toSeconds(); passed += 10) {
      net.pass(10);
      resolver.resolve("example.com");
    }
    return net.fetches.get() - before;
  }

  @Test
  @Tag("rfc-item-48")
  void fetchesAgainOnceAfterFiveMinutes() {
    failFirstFetch();

    assertThat(fetchesWithin(Duration.ofSeconds(290))).isZero();
    assertThat(fetchesWithin(Duration.ofMinutes(1))).isEqualTo(1);
  }

  @Test
  void doublesTheWaitAfterEachFailureUpToTheLimit() {
    failFirstFetch();

    assertThat(fetchesWithin(Duration.ofMinutes(6))).as("after 5 to 5.5 min").isEqualTo(1);
    assertThat(fetchesWithin(Duration.ofMinutes(9))).isZero();
    assertThat(fetchesWithin(Duration.ofMinutes(3))).as("after 10 to 11 min").isEqualTo(1);
    assertThat(fetchesWithin(Duration.ofDays(1)))
        .as("20 and 40 min, then hourly up to a tenth more")
        .isBetween(22, 26);
  }

  @Test
  @Tag("rfc-item-48")
  void fetchesAtOnceUnderANewId() {
    failFirstFetch();
    net.pass(60);
    net.txt("example.com", 60, "v=STSv1; id=2;").enforce("example.com", 86_400, "mx.example.com");

    assertThat(resolver.resolve("example.com").policy()).isPresent();
  }

  @Test
  void returnsTheFailureDuringTheBackOff() {
    failFirstFetch();
    net.pass(120);

    NoPolicy none = (NoPolicy) resolver.resolve("example.com");

    assertThat(none.reason()).isEqualTo(Reason.FETCH_FAILED);
    assertThat(none.problem().orElseThrow().resultType())
        .contains(ResultType.STS_POLICY_FETCH_ERROR);
    assertThat(none.problem().orElseThrow().since()).isEqualTo(FakeInternet.START);
  }

  @Test
  void keepsTheBackOffWhileDnsIsUnavailable() {
    failFirstFetch();
    net.dnsDown("example.com");
    net.pass(60);
    assertThat(((Undetermined) resolver.resolve("example.com")).cause())
        .isEqualTo(Cause.DNS_UNAVAILABLE);
    net.txt("example.com", 60, "v=STSv1; id=1;");
    net.pass(60);

    assertThat(((NoPolicy) resolver.resolve("example.com")).reason())
        .isEqualTo(Reason.FETCH_FAILED);
    assertThat(net.fetches).hasValue(1);
  }

  @Test
  void waitsAsLongAsTheHostAsks() {
    net.txt("example.com", 60, "v=STSv1; id=1;")
        .broken(
            "example.com", ResultType.STS_POLICY_FETCH_ERROR, Optional.of(Duration.ofMinutes(20)));
    resolver.resolve("example.com");

    assertThat(fetchesWithin(Duration.ofMinutes(19))).isZero();
    assertThat(fetchesWithin(Duration.ofMinutes(4))).isEqualTo(1);
  }

  @Test
  void limitsTheWaitThatTheHostAsksFor() {
    net.txt("example.com", 60, "v=STSv1; id=1;")
        .broken(
            "example.com",
            ResultType.STS_POLICY_FETCH_ERROR,
            Optional.of(Duration.ofDays(365_000)));
    resolver.resolve("example.com");

    assertThat(fetchesWithin(Duration.ofMinutes(67))).isEqualTo(1);
  }

  @Test
  void backsOffWhileAPolicyIsCachedToo() {
    net.txt("example.com", 60, "v=STSv1; id=1;").enforce("example.com", 604_800, "mx.example.com");
    resolver.resolve("example.com");
    net.txt("example.com", 60, "v=STSv1; id=2;")
        .broken("example.com", ResultType.STS_POLICY_FETCH_ERROR);

    assertThat(fetchesWithin(Duration.ofMinutes(4))).isEqualTo(1);
    InForce kept = (InForce) resolver.resolve("example.com");
    assertThat(kept.problem().orElseThrow().resultType())
        .as("the failure is reported as long as it lasts")
        .contains(ResultType.STS_POLICY_FETCH_ERROR);
    assertThat(fetchesWithin(Duration.ofMinutes(3))).isEqualTo(1);
  }

  @Test
  void startsTheBackOffAnewAfterASuccess() {
    failFirstFetch();
    net.enforce("example.com", 3_600, "mx.example.com");
    fetchesWithin(Duration.ofMinutes(6));
    assertThat(resolver.resolve("example.com").policy()).isPresent();
    net.txt("example.com", 60, "v=STSv1; id=2;")
        .broken("example.com", ResultType.STS_POLICY_FETCH_ERROR);

    assertThat(fetchesWithin(Duration.ofMinutes(2))).isEqualTo(1);
    assertThat(fetchesWithin(Duration.ofMinutes(5))).as("five minutes, not ten").isEqualTo(1);
  }

  @Test
  @Tag("rfc-item-54")
  @Tag("rfc-item-101")
  void reportsNothingAboutADomainThatHasLeftMtaSts() {
    net.txt("example.com", 60, "v=STSv1; id=1;")
        .policy("example.com", FakeInternet.text("none", 604_800));
    resolver.resolve("example.com");
    events.read();
    net.txt("example.com", 60, "v=STSv1; id=2;")
        .broken("example.com", ResultType.STS_POLICY_FETCH_ERROR);
    net.pass(60);
    resolver.resolve("example.com");
    net.noTxt("example.com", 60);
    net.pass(60);
    resolver.resolve("example.com");

    assertThat(net.fetches).hasValue(2);
    assertThat(events.read()).isEmpty();
  }

  @Test
  @Tag("rfc-item-54")
  void reportsACachedPolicyThatCannotBeRenewed() {
    net.txt("example.com", 60, "v=STSv1; id=1;").enforce("example.com", 604_800, "mx.example.com");
    resolver.resolve("example.com");
    events.read();
    net.txt("example.com", 60, "v=STSv1; id=2;")
        .broken("example.com", ResultType.STS_WEBPKI_INVALID);
    net.pass(60);
    resolver.resolve("example.com");

    assertThat(events.read())
        .containsExactly(
            "failed example.com sts-webpki-invalid",
            "suspicious example.com ID_CHANGED_BUT_NOT_FETCHED");
  }
}
