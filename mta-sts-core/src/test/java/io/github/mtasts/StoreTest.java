// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.Resolution.Source;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.testing.InMemoryPolicyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Policies survive a restart in the store, and rows of a store are checked before use. */
final class StoreTest {
  private static final int WEEK = 604_800;

  private final FakeInternet net = new FakeInternet();
  private final InMemoryPolicyStore store = new InMemoryPolicyStore();
  private final RecordingListener events = new RecordingListener();

  @BeforeEach
  void publishPolicy() {
    net.txt("nmrc.org", 60, "v=STSv1; id=1;").enforce("nmrc.org", WEEK, "talon.nmrc.org");
  }

  private CachingPolicyResolver start() {
    return net.resolver(net.builder().store(store).listener(events));
  }

  private StoredPolicy stored() {
    return (StoredPolicy) store.find("nmrc.org").orElseThrow();
  }

  @Test
  void storesEachPolicyThatItFetches() {
    InForce fetched = (InForce) start().resolve("nmrc.org");

    assertThat(stored())
        .isEqualTo(
            new StoredPolicy(
                "nmrc.org",
                "1",
                fetched.published().text(),
                PolicyMode.ENFORCE,
                FakeInternet.START,
                FakeInternet.START.plusSeconds(WEEK),
                FakeInternet.START,
                Optional.empty()));
  }

  @Test
  void enforcesAStoredPolicyAfterARestartThoughDnsAndPolicyHostFail() {
    start().resolve("nmrc.org");
    net.dnsDown("nmrc.org").broken("nmrc.org", ResultType.STS_POLICY_FETCH_ERROR);
    net.pass(WEEK - 1);

    InForce restored = (InForce) start().resolve("nmrc.org");

    assertThat(restored.source()).isEqualTo(Source.CACHED);
    assertThat(restored.expiresAt()).isEqualTo(FakeInternet.START.plusSeconds(WEEK));
    assertThat(restored.decide("evil.example").isRefused()).isTrue();
    net.pass(1);
    assertThat(start().resolve("nmrc.org").policy()).isEmpty();
  }

  @Test
  void aPolicyFromTheStoreExpiresAtItsOriginalTime() {
    start().resolve("nmrc.org");
    net.broken("nmrc.org", ResultType.STS_POLICY_FETCH_ERROR);
    net.pass(WEEK - 100);
    CachingPolicyResolver later = start();
    assertThat(later.resolve("nmrc.org").policy()).isPresent();
    net.pass(99);
    assertThat(later.resolve("nmrc.org").policy()).isPresent();
    net.pass(1);

    assertThat(later.resolve("nmrc.org").policy()).isEmpty();
  }

  @Test
  void queriesDnsInTheBackgroundAfterAnswerFromTheStore() {
    start().resolve("nmrc.org");
    net.pass(60);
    net.txt("nmrc.org", 60, "v=STSv1; id=2;").enforce("nmrc.org", WEEK, "new.nmrc.org");
    CachingPolicyResolver later = start();

    assertThat(later.resolve("nmrc.org").decide("talon.nmrc.org").isListed()).isTrue();

    assertThat(later.resolve("nmrc.org").decide("new.nmrc.org").isListed()).isTrue();
    assertThat(stored().id()).isEqualTo("2");
  }

  @Test
  void keepsTheBackOffAcrossARestart() {
    CachingPolicyResolver first = start();
    first.resolve("nmrc.org");
    net.broken("nmrc.org", ResultType.STS_POLICY_FETCH_ERROR);
    net.pass(Duration.ofDays(6));
    first.maintenance().tick();
    int before = net.fetches.get();
    assertThat(stored().lastFailure()).isPresent();
    CachingPolicyResolver second = start();
    second.resolve("nmrc.org");

    second.maintenance().tick();

    assertThat(net.fetches).hasValue(before);
    net.pass(Duration.ofMinutes(6));
    second.maintenance().tick();
    assertThat(net.fetches).hasValue(before + 1);
    assertThat(stored().lastFailure().orElseThrow().failures()).isEqualTo(2);
  }

  @Test
  void purgesWhatExpiredMoreThanAYearAgo() {
    start().resolve("nmrc.org");
    StoredPolicy fetchedLater =
        new StoredPolicy(
            "later.example",
            "1",
            FakeInternet.text("enforce", WEEK, "x.example"),
            PolicyMode.ENFORCE,
            net.instant().plus(Duration.ofDays(370)),
            net.instant().plus(Duration.ofDays(377)),
            net.instant(),
            Optional.empty());
    store.put(fetchedLater);
    net.txt("nmrc.org", 60).pass(WEEK - 1).pass(Duration.ofDays(366)).pass(-600);
    CachingPolicyResolver one = start();
    CachingPolicyResolver other = start();
    net.pass(600);
    one.maintenance().tick();
    assertThat(store.find("nmrc.org")).isPresent();

    net.pass(2);
    other.maintenance().tick();

    assertThat(store.find("nmrc.org")).isEmpty();
  }

  @Test
  void aProcessThatOnlyReadsDeletesNothing() {
    start().resolve("nmrc.org");
    net.pass(Duration.ofDays(400));
    CachingPolicyResolver readOnly = net.resolver(net.builder().store(store));
    for (int second = 0; second < 120; second++) {
      net.pass(1);
      readOnly.maintenance().tick();
    }
    readOnly.close();

    assertThat(store.find("nmrc.org")).isPresent();
  }

  @Test
  void writesUsesInBatches() {
    CachingPolicyResolver resolver = start();
    resolver.resolve("nmrc.org");
    net.pass(Duration.ofHours(2));
    Instant used = net.instant();
    resolver.resolve("nmrc.org");
    assertThat(stored().lastUsedAt()).isEqualTo(FakeInternet.START);

    resolver.maintenance().tick();

    assertThat(stored().lastUsedAt()).isEqualTo(used);
  }

  @Test
  void writesTheLastUsesOnClose() {
    CachingPolicyResolver resolver = start();
    resolver.resolve("nmrc.org");
    net.pass(Duration.ofHours(2));
    resolver.resolve("nmrc.org");

    resolver.close();

    assertThat(stored().lastUsedAt()).isEqualTo(net.instant());
  }

  @Test
  void anUnreadableRowIsReportedAndReplaced() {
    store.corrupt("nmrc.org");

    InForce fetched = (InForce) start().resolve("nmrc.org");

    assertThat(fetched.source()).isEqualTo(Source.FETCHED);
    assertThat(events.read()).first().asString().startsWith("unreadable nmrc.org text: expected");
    assertThat(stored().id()).isEqualTo("1");
  }

  @Test
  void aRowFromTheFutureIsUsedAndReported() {
    Instant future = FakeInternet.START.plus(Duration.ofDays(2));
    store.put(
        row(future, future.plusSeconds(WEEK), FakeInternet.text("enforce", WEEK, "x.example")));

    assertThat(((InForce) start().resolve("nmrc.org")).source()).isEqualTo(Source.CACHED);
    assertThat(events.read()).first().asString().contains("CLOCK", "set all clocks");
  }

  @Test
  void aRowWithAnInvalidPolicyOrAnotherModeIsReported() {
    store.put(row(FakeInternet.START, FakeInternet.START.plusSeconds(9), "not a policy"));
    start().resolve("nmrc.org");
    assertThat(events.read()).first().asString().startsWith("unreadable nmrc.org");

    store.put(
        row(
            FakeInternet.START,
            FakeInternet.START.plusSeconds(9),
            FakeInternet.text("testing", WEEK, "x.example")));
    start().resolve("nmrc.org");
    assertThat(events.read()).first().asString().contains("mode: expected testing");
  }

  @Test
  void noRowAppliesLongerThanItsMaxAge() {
    Instant now = net.instant();
    store.put(
        row(now, now.plus(Duration.ofDays(300)), FakeInternet.text("enforce", WEEK, "a.example")));
    net.dnsDown("nmrc.org");

    InForce restored = (InForce) start().resolve("nmrc.org");

    assertThat(restored.expiresAt()).isEqualTo(now.plusSeconds(WEEK));
  }

  @Test
  void usesThePolicyThatAnotherNodeFetched() {
    CachingPolicyResolver one = start();
    CachingPolicyResolver two = start();
    one.resolve("nmrc.org");
    two.resolve("nmrc.org");
    assertThat(net.fetches).as("one fetch for both").hasValue(1);
    net.txt("nmrc.org", 60, "v=STSv1; id=2;").enforce("nmrc.org", WEEK, "new.nmrc.org");
    net.pass(60);
    one.resolve("nmrc.org");
    assertThat(net.fetches).hasValue(2);

    two.resolve("nmrc.org");

    assertThat(net.fetches).as("the policy of the other node is used").hasValue(2);
    assertThat(two.resolve("nmrc.org").decide("new.nmrc.org").isListed()).isTrue();
  }

  @Test
  void aRecheckFetchesAPolicyThatIsOldInTheStore() {
    CachingPolicyResolver resolver = start();
    resolver.resolve("nmrc.org");
    net.pass(Duration.ofMinutes(10));
    net.enforce("nmrc.org", WEEK, "new.nmrc.org");

    assertThat(resolver.recheck("nmrc.org").decide("new.nmrc.org").isListed()).isTrue();
    assertThat(stored().fetchedAt()).isEqualTo(net.instant());
  }

  private static StoredPolicy row(Instant fetchedAt, Instant expiresAt, String text) {
    return new StoredPolicy(
        "nmrc.org",
        "1",
        text,
        PolicyMode.ENFORCE,
        fetchedAt,
        expiresAt,
        fetchedAt,
        Optional.empty());
  }
}
