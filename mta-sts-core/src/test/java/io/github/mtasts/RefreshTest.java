// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.testing.InMemoryPolicyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Policies in use are renewed well before they expire, whatever DNS says. RFC 8461 §10.2 */
final class RefreshTest {
  private static final int DAY = 86_400;
  private static final int WEEK = 7 * DAY;

  private final FakeInternet net =
      new FakeInternet()
          .txt("nmrc.org", 60, "v=STSv1; id=1;")
          .enforce("nmrc.org", WEEK, "talon.nmrc.org");
  private final InMemoryPolicyStore store = new InMemoryPolicyStore();
  private final RecordingListener events = new RecordingListener();

  private CachingPolicyResolver resolver() {
    return net.resolver(net.builder().listener(events));
  }

  /** Lets time pass with the upkeep that a thread would do. */
  private void pass(CachingPolicyResolver resolver, Duration time) {
    for (Duration done = Duration.ZERO;
        done.compareTo(time) < 0;
        done = done.plus(Duration.ofMinutes(1))) {
      net.pass(Duration.ofMinutes(1));
      resolver.maintenance().tick();
    }
  }

  @Test
  @Tag("rfc-item-53")
  void renewsAPolicyInUseDailyWithoutMail() {
    CachingPolicyResolver resolver = resolver();
    resolver.resolve("nmrc.org");

    pass(resolver, Duration.ofDays(10));

    assertThat(net.fetches.get()).isBetween(9, 11);
    InForce alive = (InForce) resolver.resolve("nmrc.org");
    assertThat(alive.fetchedAt()).isAfter(net.instant().minus(Duration.ofHours(30)));
  }

  @Test
  @Tag("rfc-item-98")
  @Tag("rfc-item-99")
  void fetchesWhateverTheRecordSaysAndNoticesAChangedPolicyUnderTheSameId() {
    CachingPolicyResolver resolver = resolver();
    resolver.resolve("nmrc.org");
    net.noTxt("nmrc.org", 60).enforce("nmrc.org", 2 * WEEK, "new.nmrc.org");

    pass(resolver, Duration.ofHours(30));

    InForce renewed = (InForce) resolver.resolve("nmrc.org");
    assertThat(renewed.decide("new.nmrc.org").isListed()).isTrue();
    assertThat(renewed.id()).isEqualTo("1");
    assertThat(renewed.expiresAt()).isAfter(FakeInternet.START.plusSeconds(2 * WEEK));
  }

  @Test
  void retriesWithinATwentiethOfTheLifetime() {
    net.enforce("nmrc.org", DAY, "talon.nmrc.org");
    CachingPolicyResolver resolver = resolver();
    resolver.resolve("nmrc.org");
    net.broken("nmrc.org", ResultType.STS_POLICY_FETCH_ERROR);
    List<Long> attempts = new ArrayList<>();
    int before = net.fetches.get();
    for (int minute = 0; minute < 23 * 60; minute++) {
      pass(resolver, Duration.ofMinutes(1));
      if (net.fetches.get() > before) {
        before = net.fetches.get();
        attempts.add(net.nanos.get());
      }
    }

    List<Long> waits = new ArrayList<>();
    for (int i = 1; i < attempts.size(); i++) {
      waits.add(Duration.ofNanos(attempts.get(i) - attempts.get(i - 1)).toMinutes());
    }
    assertThat(waits).hasSizeGreaterThan(5).allMatch(wait -> wait >= 5 && wait <= 72);
    assertThat(waits.get(0)).isLessThan(waits.get(3));
  }

  @Test
  void retriesOfARenewalFollowTheConfiguredBackOff() {
    CachingPolicyResolver resolver =
        net.resolver(net.builder().fetchBackOff(Duration.ofMinutes(5), Duration.ofMinutes(10)));
    resolver.resolve("nmrc.org");
    net.broken("nmrc.org", ResultType.STS_POLICY_FETCH_ERROR);
    int before = net.fetches.get();
    while (net.fetches.get() == before) {
      pass(resolver, Duration.ofMinutes(1));
    }

    pass(resolver, Duration.ofHours(10));

    assertThat(net.fetches.get() - before)
        .as("a retry every ten to twelve minutes")
        .isBetween(50, 62);
  }

  @Test
  void theStoredRetryTimeDecidesWhenAStoredPolicyIsRetried() {
    net.enforce("nmrc.org", DAY, "talon.nmrc.org");
    net.resolver(net.builder().store(store)).resolve("nmrc.org");
    net.pass(Duration.ofHours(17)); // due: after 70 percent of a day at the latest
    StoredPolicy stored = (StoredPolicy) store.find("nmrc.org").orElseThrow();
    Instant now = net.instant();
    Instant retryAt = now.plus(Duration.ofMinutes(20));
    store.put(
        stored.failedWith(
            Optional.of(new StoredFailure(now, 9, retryAt, Optional.empty(), "no answer"))));
    CachingPolicyResolver restarted = net.resolver(net.builder().store(store));

    pass(restarted, Duration.ofMinutes(20));
    assertThat(net.fetches).as("fetches before the retry time").hasValue(1);

    pass(restarted, Duration.ofMinutes(15));
    assertThat(net.fetches).as("fetches after the next sweep").hasValue(2);
  }

  @Test
  void aShortBlockOfThePolicyHostLetsNoPolicyExpire() {
    net.enforce("nmrc.org", DAY, "talon.nmrc.org");
    CachingPolicyResolver resolver = resolver();
    resolver.resolve("nmrc.org");
    for (int round = 0; round < 30; round++) {
      net.broken("nmrc.org", ResultType.STS_POLICY_FETCH_ERROR).dnsDown("nmrc.org");
      pass(resolver, Duration.ofSeconds(DAY / 5));
      net.enforce("nmrc.org", DAY, "talon.nmrc.org").txt("nmrc.org", 60, "v=STSv1; id=1;");
      pass(resolver, Duration.ofHours(2));
    }

    assertThat(events.all()).doesNotContain("expired nmrc.org");
    assertThat(resolver.resolve("nmrc.org").policy()).isPresent();
  }

  @Test
  @Tag("rfc-item-54")
  @Tag("rfc-item-100")
  void reportsFailingRenewalsLongBeforeExpiry() {
    CachingPolicyResolver resolver = resolver();
    resolver.resolve("nmrc.org");
    net.broken("nmrc.org", ResultType.STS_POLICY_FETCH_ERROR);

    pass(resolver, Duration.ofHours(36));

    assertThat(events.all()).contains("failing nmrc.org 3");
    assertThat(events.all().stream().filter(line -> line.startsWith("failing")).count())
        .isLessThan(5);
  }

  @Test
  void reportsSilentDnsLikeAFailingPolicyHost() {
    CachingPolicyResolver resolver = resolver();
    resolver.resolve("nmrc.org");
    net.dnsDown("nmrc.org").hostNotFound("nmrc.org");
    int before = net.fetches.get();

    pass(resolver, Duration.ofHours(36));

    assertThat(events.all()).contains("failing nmrc.org 3");
    assertThat(net.fetches.get() - before).isLessThan(25);
    assertThat(resolver.resolve("nmrc.org").policy()).isPresent();
  }

  @Test
  @Tag("rfc-item-101")
  void reportsNoFailingRenewalInModeNone() {
    net.policy("nmrc.org", FakeInternet.text("none", WEEK));
    CachingPolicyResolver resolver = resolver();
    resolver.resolve("nmrc.org");
    net.broken("nmrc.org", ResultType.STS_POLICY_FETCH_ERROR);

    pass(resolver, Duration.ofDays(3));

    assertThat(net.fetches.get()).isGreaterThan(5);
    assertThat(events.read()).containsOnly("fetched nmrc.org none");
  }

  @Test
  void retryAfterIsRespected() {
    net.enforce("nmrc.org", DAY, "talon.nmrc.org");
    CachingPolicyResolver resolver = resolver();
    resolver.resolve("nmrc.org");
    net.broken("nmrc.org", ResultType.STS_POLICY_FETCH_ERROR, Optional.of(Duration.ofMinutes(50)));
    int before = net.fetches.get();
    while (net.fetches.get() == before) {
      pass(resolver, Duration.ofMinutes(1));
    }

    pass(resolver, Duration.ofMinutes(49));

    assertThat(net.fetches).hasValue(before + 1);
    pass(resolver, Duration.ofMinutes(10));
    assertThat(net.fetches).hasValue(before + 2);
  }

  @Test
  void letsAnUnusedPolicyExpire() {
    CachingPolicyResolver resolver = resolver();
    resolver.resolve("nmrc.org");

    pass(resolver, Duration.ofDays(31));
    int then = net.fetches.get();
    pass(resolver, Duration.ofDays(8));

    assertThat(net.fetches).hasValue(then);
    assertThat(resolver.resolve("nmrc.org").policy()).as("by a fetch of its own").isPresent();
    assertThat(events.all()).contains("expired nmrc.org");
  }

  @Test
  void renewsNothingIfRenewalIsOff() {
    CachingPolicyResolver resolver =
        net.resolver(net.builder().refreshUsedWithin(Duration.ZERO).listener(events));
    resolver.resolve("nmrc.org");

    pass(resolver, Duration.ofDays(6));

    assertThat(net.fetches).hasValue(1);
  }

  @Test
  void oneNodeRenewsAPolicyThatOnlyTheStoreHolds() {
    net.resolver(net.builder().store(store)).resolve("nmrc.org");
    CachingPolicyResolver one = net.resolver(net.builder().store(store));
    CachingPolicyResolver two = net.resolver(net.builder().store(store));

    for (int minute = 0; minute < 10 * 24 * 60; minute++) {
      net.pass(60);
      one.maintenance().tick();
      two.maintenance().tick();
    }

    assertThat(net.fetches.get()).isBetween(8, 14);
    net.broken("nmrc.org", ResultType.STS_POLICY_FETCH_ERROR).dnsDown("nmrc.org");
    assertThat(one.resolve("nmrc.org").policy()).isPresent();
  }

  @Test
  void aStoredFailureInTheFutureDelaysNoRenewal() {
    net.enforce("nmrc.org", DAY, "talon.nmrc.org");
    net.resolver(net.builder().store(store)).resolve("nmrc.org");
    StoredPolicy stored = (StoredPolicy) store.find("nmrc.org").orElseThrow();
    Instant later = FakeInternet.START.plus(Duration.ofDays(30));
    store.put(
        stored.failedWith(
            Optional.of(new StoredFailure(later, 9, later, Optional.empty(), "a wrong clock"))));

    pass(net.resolver(net.builder().store(store)), Duration.ofSeconds(DAY - 3_600));

    assertThat(((StoredPolicy) store.find("nmrc.org").orElseThrow()).fetchedAt())
        .isAfter(stored.fetchedAt());
  }

  /** Nobody would ever mail the domain again, and every node would renew its policy for ever. */
  @Test
  void aLastUseInTheFutureCountsAsNow() {
    net.resolver(net.builder().store(store)).resolve("nmrc.org");
    StoredPolicy stored = (StoredPolicy) store.find("nmrc.org").orElseThrow();
    store.put(stored.usedAt(FakeInternet.START.plus(Duration.ofDays(3_000))));

    for (int day = 0; day < 45; day++) {
      CachingPolicyResolver restarted = net.resolver(net.builder().store(store));
      for (int hour = 0; hour < 24; hour++) {
        net.pass(3_600);
        restarted.maintenance().tick();
      }
    }

    assertThat(((StoredPolicy) store.find("nmrc.org").orElseThrow()).expiresAt())
        .isBetween(FakeInternet.START.plus(Duration.ofDays(30)), net.instant());
  }

  @Test
  void limitsTheRateOfAThousandDueRenewals() {
    CachingPolicyResolver resolver = net.resolver(net.builder().refreshesPerSecond(2));
    for (int i = 0; i < 1_000; i++) {
      net.txt("d" + i + ".example", 60, "v=STSv1; id=1;")
          .enforce("d" + i + ".example", WEEK, "mx.example");
      resolver.resolve("d" + i + ".example");
    }
    net.pass(Duration.ofHours(30));
    resolver.maintenance().tick();
    int atOnce = net.fetches.get() - 1_000;
    for (int second = 0; second < 100; second++) {
      net.pass(1);
      resolver.maintenance().tick();
    }

    assertThat(atOnce).as("a minute's worth at most").isLessThanOrEqualTo(120);
    assertThat(net.fetches.get() - 1_000 - atOnce).isBetween(190, 210);
  }
}
