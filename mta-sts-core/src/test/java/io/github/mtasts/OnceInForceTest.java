// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.Resolution.NoPolicy;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.fetch.FetchResult;
import io.github.mtasts.testing.InMemoryPolicyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An unexpired policy gives way only to another one, to its expiry, or to the operator. */
final class OnceInForceTest {
  private static final int WEEK = 604_800;

  private final FakeInternet net =
      new FakeInternet()
          .txt("nmrc.org", 300, "v=STSv1; id=1;")
          .enforce("nmrc.org", WEEK, "talon.nmrc.org");
  private final InMemoryPolicyStore store = new InMemoryPolicyStore();

  @Test
  void aCallerThatWaitsDuringAPurgeGetsTheNewLookup() {
    CachingPolicyResolver resolver = net.resolver();
    CompletableFuture<FetchResult> slow = net.slowHost("nmrc.org");
    CompletableFuture<Resolution> waiting = resolver.resolveAsync("nmrc.org");
    net.answerNormally("nmrc.org");

    resolver.cache().purge("nmrc.org");

    assertThat(waiting).isCompletedWithValueMatching(found -> found instanceof InForce);
    slow.complete(new FetchResult.Failed(ResultType.STS_POLICY_FETCH_ERROR, "late", noWait()));
    assertThat(resolver.resolve("nmrc.org")).isInstanceOf(InForce.class);
  }

  private static Optional<Duration> noWait() {
    return Optional.empty();
  }

  @Test
  void aSessionOutlivesAPurgeAndAStrippedRecord() {
    PolicyResolver resolver = net.resolver();
    PolicySession session = resolver.begin("nmrc.org");
    resolver.cache().purge("nmrc.org");
    net.noTxt("nmrc.org", 60);

    assertThat(session.recheck()).isFalse();

    assertThat(session.decide("mx.evil.example").requirement()).isEqualTo(Requirement.REFUSED);
    assertThat(resolver.resolve("nmrc.org")).as("a later delivery").isInstanceOf(NoPolicy.class);
  }

  @Test
  void aPolicyThatAnotherNodeStoresDuringTheLookupStaysInForceThoughTheFetchFails() {
    CachingPolicyResolver resolver = net.resolver(net.builder().store(store));
    net.txt("nmrc.org", 60, "v=STSv1; id=2;").broken("nmrc.org", ResultType.STS_WEBPKI_INVALID);
    var slow = net.slowDns("nmrc.org");
    CompletableFuture<Resolution> waiting = resolver.resolveAsync("nmrc.org");
    FakeInternet other = new FakeInternet();
    other.txt("nmrc.org", 300, "v=STSv1; id=1;").enforce("nmrc.org", WEEK, "talon.nmrc.org");
    other.resolver(other.builder().store(store)).resolve("nmrc.org");

    slow.complete(net.recordOf("nmrc.org"));

    assertThat(waiting).isCompletedWithValueMatching(found -> found instanceof InForce);
  }

  @Test
  void anImportDuringALookupIsKept() {
    CachingPolicyResolver resolver = net.resolver();
    FakeInternet other = new FakeInternet();
    other.txt("nmrc.org", 300, "v=STSv1; id=1;").enforce("nmrc.org", WEEK, "talon.nmrc.org");
    PolicyResolver exporter = other.resolver();
    exporter.resolve("nmrc.org");
    net.noTxt("nmrc.org", 60);
    var slow = net.slowDns("nmrc.org");
    CompletableFuture<Resolution> waiting = resolver.resolveAsync("nmrc.org");

    exporter.cache().exportTo(policy -> resolver.cache().importFrom(policy));
    slow.complete(net.recordOf("nmrc.org"));

    assertThat(waiting).isCompletedWithValueMatching(found -> found instanceof InForce);
    assertThat(resolver.resolve("nmrc.org")).isInstanceOf(InForce.class);
  }

  /** RFC 8461 §3.2 choice: a shorter max_age would leave gaps, because fetches are limited. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 59, 60, 99, 100, 299, 300, 301, 600})
  void aPolicyWithAShortMaxAgeHasNoGaps(int maxAge) {
    net.txt("nmrc.org", 1, "v=STSv1; id=1;").enforce("nmrc.org", maxAge, "talon.nmrc.org");
    CachingPolicyResolver resolver = net.resolver();
    for (int second = 0; second < 7_200; second += 10) {
      assertThat(resolver.resolve("nmrc.org")).as("second %d", second).isInstanceOf(InForce.class);
      net.pass(10);
      resolver.maintenance().tick();
    }
    assertThat(net.fetches.get()).as("fetches in two hours").isLessThanOrEqualTo(72);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 60, 299})
  void aPolicyWithAShortMaxAgeIsRenewedWithoutMail(int maxAge) {
    net.txt("nmrc.org", 1, "v=STSv1; id=1;").enforce("nmrc.org", maxAge, "talon.nmrc.org");
    CachingPolicyResolver resolver = net.resolver();
    resolver.resolve("nmrc.org");
    for (int second = 0; second < 3_600; second++) {
      net.pass(1);
      resolver.maintenance().tick();
    }

    net.noTxt("nmrc.org", 60).broken("nmrc.org", ResultType.STS_POLICY_FETCH_ERROR);

    assertThat(resolver.resolve("nmrc.org")).isInstanceOf(InForce.class);
  }

  /** An attacker who forges a new id each time must not delay the alarm. RFC 8461 §10.2 */
  @Test
  void forgedIdsDoNotDelayTheAlarmAboutFailingRenewals() {
    List<String> first = alarms(false).subList(0, 5);
    assertThat(alarms(true)).startsWith(first.toArray(String[]::new));
  }

  private static List<String> alarms(boolean forged) {
    FakeInternet net = new FakeInternet();
    net.txt("nmrc.org", 3_600, "v=STSv1; id=1;").enforce("nmrc.org", WEEK, "talon.nmrc.org");
    RecordingListener events = new RecordingListener();
    CachingPolicyResolver resolver = net.resolver(events);
    resolver.resolve("nmrc.org");
    net.broken("nmrc.org", ResultType.STS_POLICY_FETCH_ERROR);
    for (int minute = 0; minute < 6 * 24 * 60; minute++) {
      if (forged) {
        net.txt("nmrc.org", 3_600, "v=STSv1; id=" + (100 + minute) + ";");
      }
      net.pass(60);
      resolver.maintenance().tick();
    }
    List<String> failing = new ArrayList<>(events.all());
    failing.removeIf(event -> !event.startsWith("failing"));
    return failing;
  }
}
