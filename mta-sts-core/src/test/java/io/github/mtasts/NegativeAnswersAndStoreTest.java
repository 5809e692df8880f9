// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.Resolution.NoPolicy;
import io.github.mtasts.decision.Resolution.Undetermined;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.decision.WhenUnavailable;
import io.github.mtasts.testing.InMemoryPolicyStore;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** "No policy" while there is a store that another node writes, or that does not answer. */
final class NegativeAnswersAndStoreTest {
  private static final int DAY = 86_400;

  private final InMemoryPolicyStore store = new InMemoryPolicyStore();
  private final FakeInternet net = new FakeInternet().noTxt("nmrc.org", DAY);
  private final PolicyResolver resolver =
      net.resolver(net.builder().store(store).negativeTtl(Duration.ZERO, Duration.ofDays(1)));

  private void anotherNodeStoresAPolicy() {
    FakeInternet honest = new FakeInternet();
    honest.txt("nmrc.org", 300, "v=STSv1; id=1;").enforce("nmrc.org", 604_800, "mx.nmrc.org");
    honest.resolver(honest.builder().store(store)).resolve("nmrc.org");
  }

  @Test
  void looksIntoTheStoreAgainEachMinute() {
    assertThat(resolver.resolve("nmrc.org")).isInstanceOf(NoPolicy.class);
    anotherNodeStoresAPolicy();

    net.pass(59);
    assertThat(resolver.resolve("nmrc.org")).isInstanceOf(NoPolicy.class);
    net.pass(1);
    assertThat(resolver.resolve("nmrc.org")).isInstanceOf(InForce.class);
  }

  @Test
  void asksDnsAgainOnlyAfterTheTtl() {
    for (int minute = 0; minute < 24 * 60; minute++) {
      assertThat(resolver.resolve("nmrc.org")).isInstanceOf(NoPolicy.class);
      net.pass(60);
    }
    assertThat(net.questions).hasValue(1);

    resolver.resolve("nmrc.org");

    assertThat(net.questions).hasValue(2);
  }

  @Test
  void aStoreThatDoesNotAnswerDefersMailForAQuarterOfAnHour() {
    store.fault(InMemoryPolicyStore.Fault.DOWN);

    Undetermined first = (Undetermined) resolver.resolve("nmrc.org");
    assertThat(first.cause()).isEqualTo(Cause.STORE_UNAVAILABLE);
    assertThat(first.decide("mx.nmrc.org").isRefused()).isTrue();
    for (int minute = 0; minute < 14; minute++) {
      net.pass(60);
      assertThat(resolver.resolve("nmrc.org").decide("mx.nmrc.org").isRefused()).isTrue();
    }
    net.pass(120);

    assertThat(resolver.resolve("nmrc.org").decide("mx.nmrc.org").isRefused()).isFalse();
    assertThat(resolver.resolve("new.example").decide("mx.new.example").isRefused())
        .as("the time counts from the beginning of the store's trouble")
        .isFalse();
  }

  @Test
  void aPolicyThatIsPublishedCountsThoughTheStoreDoesNotAnswer() {
    store.fault(InMemoryPolicyStore.Fault.DOWN);
    net.txt("nmrc.org", 300, "v=STSv1; id=1;").enforce("nmrc.org", 604_800, "mx.nmrc.org");

    assertThat(resolver.resolve("nmrc.org")).isInstanceOf(InForce.class);
  }

  @Test
  void aStoreThatRecoversIsAskedWithinAMinute() {
    anotherNodeStoresAPolicy();
    store.fault(InMemoryPolicyStore.Fault.DOWN);
    assertThat(resolver.resolve("nmrc.org")).isInstanceOf(Undetermined.class);
    store.fault(InMemoryPolicyStore.Fault.NONE);

    net.pass(60);

    assertThat(resolver.resolve("nmrc.org")).isInstanceOf(InForce.class);
  }

  @Test
  void deferForCountsFromTheFirstDnsFailureInARow() {
    net.dnsDown("example.net");
    PolicyResolver deferring =
        net.resolver(
            net.builder().whenDnsUnavailable(WhenUnavailable.deferFor(Duration.ofMinutes(5))));

    assertThat(deferring.resolve("example.net").decide("mx.example.net").isRefused()).isTrue();
    net.pass(299);
    assertThat(deferring.resolve("example.net").decide("mx.example.net").isRefused()).isTrue();
    net.pass(60);
    assertThat(deferring.resolve("example.net").decide("mx.example.net").isRefused()).isFalse();
    net.noTxt("example.net", 60);
    net.pass(60);
    assertThat(deferring.resolve("example.net")).isInstanceOf(NoPolicy.class);
    net.dnsDown("example.net");
    net.pass(60);
    assertThat(deferring.resolve("example.net").decide("mx.example.net").isRefused())
        .as("a new row of failures")
        .isTrue();
  }
}
