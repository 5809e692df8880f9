// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.fetch.FetchResult;
import io.github.mtasts.overrides.OverrideTable;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.testing.InMemoryPolicyStore;
import io.github.mtasts.testing.InMemoryPolicyStore.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Strange rows, wrong clocks and many concurrent calls do not stop lookups or renewal. */
final class HostileStoreTest {
  private static final int WEEK = 604_800;
  private static final Instant FAR_AHEAD = Instant.parse("+500000000-01-01T00:00:00Z");

  private final FakeInternet net = new FakeInternet();
  private final InMemoryPolicyStore store = new InMemoryPolicyStore();
  private final RecordingListener events = new RecordingListener();

  private CachingPolicyResolver start() {
    return net.resolver(net.builder().store(store).listener(events));
  }

  private void publish(String domain) {
    net.txt(domain, 60, "v=STSv1; id=1;").enforce(domain, WEEK, "mx." + domain);
  }

  private static List<StoredPolicy> hostileRows() {
    Instant start = FakeInternet.START;
    StoredPolicy honest = row(start, start.plusSeconds(WEEK), start);
    return List.of(
        row(FAR_AHEAD, FAR_AHEAD.plusSeconds(WEEK), start),
        row(Instant.MIN, Instant.MIN.plusSeconds(WEEK), start),
        row(start, start.plusSeconds(WEEK), Instant.MIN),
        row(start, start.plusSeconds(WEEK), Instant.MAX),
        honest.failedWith(Optional.of(failure(Instant.MAX, Instant.MIN))),
        honest.failedWith(Optional.of(failure(Instant.MIN, Instant.MAX))),
        honest.failedWith(Optional.of(failure(start, Instant.MAX))));
  }

  private static StoredPolicy row(Instant fetchedAt, Instant expiresAt, Instant lastUsedAt) {
    return new StoredPolicy(
        "evil.example",
        "1",
        FakeInternet.text("enforce", WEEK, "mx.evil.example"),
        PolicyMode.ENFORCE,
        fetchedAt,
        expiresAt,
        lastUsedAt,
        Optional.empty());
  }

  private static StoredFailure failure(Instant at, Instant retryAt) {
    return new StoredFailure(at, Integer.MAX_VALUE, retryAt, Optional.empty(), "no");
  }

  @ParameterizedTest
  @MethodSource("hostileRows")
  void aRowWithExtremeTimesDoesNotStopTheRenewalOfOthers(StoredPolicy hostile) {
    publish("honest.example");
    start().resolve("honest.example");
    store.put(hostile);
    CachingPolicyResolver later = start();
    for (int hour = 0; hour < 30; hour++) {
      net.pass(3_600);
      later.maintenance().tick();
    }

    assertThat(((StoredPolicy) store.find("honest.example").orElseThrow()).fetchedAt())
        .isAfter(FakeInternet.START);
    assertThat(later.resolve("evil.example").decide("mx.evil.example").isRefused()).isFalse();
  }

  @Test
  void aFullCacheReadsAPolicyFromTheStoreOncePerLookup() {
    for (int i = 0; i < 50; i++) {
      publish("d" + i + ".example");
      start().resolve("d" + i + ".example");
    }
    CachingPolicyResolver small = net.resolver(net.builder().store(store).memory(1, 1, 1));
    for (int message = 0; message < 100; message++) {
      small.resolve("d0.example");
    }
    int before = store.calls();
    for (int i = 0; i < 50; i++) {
      assertThat(small.resolve("d" + i + ".example").policy()).isPresent();
    }

    assertThat(store.calls() - before).isLessThanOrEqualTo(3 * 50);
  }

  @Test
  void aFetchThatStartedBeforeAPurgeIsNotStored() {
    publish("nmrc.org");
    CompletableFuture<FetchResult> slow = net.slowHost("nmrc.org");
    CachingPolicyResolver resolver = start();
    var unused = resolver.resolveAsync("nmrc.org");

    FetchResult old = net.policyOf("nmrc.org");
    net.answerNormally("nmrc.org");
    net.noTxt("nmrc.org", 60);
    resolver.cache().purge("nmrc.org");
    slow.complete(old);

    assertThat(store.find("nmrc.org")).isEmpty();
  }

  @Test
  void aNodeWhoseClockIsAYearFastDeletesNoRowsOfOthers() {
    publish("nmrc.org");
    start().resolve("nmrc.org");
    CachingPolicyResolver fast =
        net.resolver(
            PolicyResolver.builder()
                .store(store)
                .clock(() -> net.instant().plus(Duration.ofDays(365)), net.nanos::get));

    fast.maintenance().tick();

    assertThat(store.find("nmrc.org")).isPresent();
  }

  @Test
  void aWallClockThatJumpsByAYearNeitherExpiresNorExtendsCachedPolicies() {
    publish("nmrc.org");
    CachingPolicyResolver resolver = start();
    resolver.resolve("nmrc.org");
    for (int jump : new int[] {1, -1}) {
      net.wallOffsetSeconds.set(jump * Duration.ofDays(365).toSeconds());
      net.dnsDown("nmrc.org");
      net.pass(3_600);
      resolver.maintenance().tick();
      assertThat(resolver.resolve("nmrc.org").decide("evil.example").isRefused()).isTrue();
    }
    net.wallOffsetSeconds.set(0);
    net.broken("nmrc.org", ResultType.STS_POLICY_FETCH_ERROR);
    net.pass(2 * WEEK);

    assertThat(resolver.resolve("nmrc.org").policy()).isEmpty();
  }

  /** An attacker who disturbs the store and forges DNS for a moment gains only that moment. */
  @Test
  void aStoredPolicyIsUsedAgainSoonAfterTheStoreRecovers() {
    publish("nmrc.org");
    start().resolve("nmrc.org");
    CachingPolicyResolver restarted = start();
    store.fault(Fault.DOWN);
    net.noTxt("nmrc.org", 1_800);
    assertThat(restarted.resolve("nmrc.org").policy()).isEmpty();

    store.fault(Fault.NONE);
    net.pass(PolicyResolverBuilder.DEFAULT_NEGATIVE_LEAST_SECONDS);

    assertThat(restarted.resolve("nmrc.org").decide("evil.example").isRefused()).isTrue();
  }

  @Test
  void aNegativeAnswerLastsItsFullTtlIfTheStoreHasNoPolicy() {
    CachingPolicyResolver resolver = start();
    net.noTxt("plain.example", 1_800);
    resolver.resolve("plain.example");
    net.pass(1_799);
    resolver.resolve("plain.example");

    assertThat(net.questions).hasValue(1);
  }

  @Test
  void manyConcurrentLookupsDoNotMakeAWorkingStoreCountAsFailed() {
    ResolverThreads threads = ResolverThreads.forStoreWrites();
    CachingPolicyResolver resolver =
        net.resolver(
            net.builder().store(store).storeDeadline(Duration.ofMinutes(1)).listener(events),
            threads);
    store.fault(Fault.HANGING);
    List<CompletableFuture<Resolution>> lookups = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      publish("d" + i + ".example");
      lookups.add(resolver.resolveAsync("d" + i + ".example"));
    }

    store.fault(Fault.NONE);
    CompletableFuture.allOf(lookups.toArray(CompletableFuture[]::new))
        .orTimeout(60, TimeUnit.SECONDS)
        .join();

    assertThat(events.all()).noneMatch(line -> line.startsWith("store failed"));
    resolver.close();
    threads.close();
  }

  @Test
  void aPageThatTheExecutorDroppedDoesNotStopRenewalForEver() {
    publish("nmrc.org");
    start().resolve("nmrc.org");
    AtomicBoolean dropping = new AtomicBoolean(true);
    CachingPolicyResolver restarted =
        FakeInternet.resolverWith(
            net.builder().store(store),
            net,
            net,
            step -> {
              if (!dropping.get()) {
                step.run();
              }
            },
            () -> {});
    restarted.maintenance().tick();
    dropping.set(false);
    for (int hour = 0; hour < 48; hour++) {
      net.pass(3_600);
      restarted.maintenance().tick();
    }

    assertThat(((StoredPolicy) store.find("nmrc.org").orElseThrow()).fetchedAt())
        .isAfter(FakeInternet.START);
  }

  @Test
  void aRenewalThatTheExecutorDroppedBlocksNothingForLongerThanALookupMayTake() {
    AtomicBoolean dropping = new AtomicBoolean();
    CachingPolicyResolver resolver =
        ResolverFactory.of(
            net.builder(),
            () -> OverrideTable.EMPTY,
            net,
            net,
            new ResolverFactory.Threads(
                step -> {
                  if (!dropping.get()) {
                    step.run();
                  }
                },
                Runnable::run,
                Runnable::run),
            FakeInternet.inline(net.builder()),
            () -> {});
    for (String domain : List.of("one.example", "two.example", "three.example")) {
      publish(domain);
      resolver.resolve(domain);
    }
    net.pass(Duration.ofHours(30));
    dropping.set(true);
    resolver.maintenance().tick();
    dropping.set(false);
    for (int minute = 0; minute < 20; minute++) {
      net.pass(60);
      resolver.maintenance().tick();
    }

    for (String domain : List.of("one.example", "two.example", "three.example")) {
      assertThat(((Resolution.InForce) resolver.resolve(domain)).fetchedAt())
          .as(DomainName.of(domain).value())
          .isAfter(FakeInternet.START.plus(Duration.ofDays(1)));
    }
  }

  @Test
  void usesAreWrittenInBatches() {
    CachingPolicyResolver resolver = start();
    for (int i = 0; i < 1_200; i++) {
      publish("d" + i + ".example");
      resolver.resolve("d" + i + ".example");
    }
    net.pass(7_200);
    for (int i = 0; i < 1_200; i++) {
      resolver.resolve("d" + i + ".example");
    }
    int before = store.calls();
    resolver.close();

    assertThat(store.calls() - before).as("batches of 500").isEqualTo(3);
    assertThat(store.list("", 10_000))
        .allMatch(row -> ((StoredPolicy) row).lastUsedAt().equals(net.instant()));
  }
}
