// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.overrides.OverrideTable;
import io.github.mtasts.testing.InMemoryPolicyStore;
import io.github.mtasts.testing.InMemoryPolicyStore.Trouble;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A store in trouble delays nobody beyond its deadline, takes nothing away, and recovers. */
final class StoreTroubleTest {
  private static final int WEEK = 604_800;
  private static final Duration DEADLINE = Duration.ofMillis(200);

  private final FakeInternet net = new FakeInternet();
  private final InMemoryPolicyStore store = new InMemoryPolicyStore();
  private final RecordingListener diary = new RecordingListener();
  private final ResolverThreads threads = ResolverThreads.forStores();
  private final CachingPolicyResolver resolver =
      ResolverFactory.of(
          net.builder().store(store).storeDeadline(DEADLINE).listener(diary),
          () -> OverrideTable.EMPTY,
          net,
          net,
          host -> CompletableFuture.completedFuture(List.of()),
          threads,
          Runnable::run,
          () -> {});

  @BeforeEach
  void policiesArePublished() {
    for (String domain : List.of("known.example", "new.example", "other.example")) {
      net.txt(domain, 60, "v=STSv1; id=1;").enforce(domain, WEEK, "mx." + domain);
    }
    resolve("known.example");
  }

  @AfterEach
  void theTroubleIsOver() {
    store.trouble(Trouble.NONE);
    resolver.close();
    threads.close();
  }

  /** A store that nobody set a deadline would take for ever; a busy machine may take a while. */
  private Resolution resolve(String domain) {
    return resolver.resolveAsync(domain).orTimeout(30, TimeUnit.SECONDS).join();
  }

  @ParameterizedTest
  @EnumSource(names = {"DOWN", "HANGING", "READ_ONLY", "LYING", "BROKEN"})
  void mailGoesOnAndWhatIsKnownStaysKnown(Trouble trouble) {
    store.trouble(trouble);
    net.broken("known.example", ResultType.STS_POLICY_FETCH_ERROR).dnsDown("known.example");
    net.pass(60);

    assertThat(resolve("known.example").decide("evil.example").isRefused()).isTrue();
    assertThat(resolve("new.example").decide("evil.example").isRefused()).isTrue();
    assertThat(resolve("new.example").decide("mx.new.example").requirement())
        .isEqualTo(Requirement.ENFORCED);
    net.pass(60);
    assertThat(resolve("known.example").decide("evil.example").isRefused()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"DOWN", "HANGING", "READ_ONLY", "BROKEN"})
  void itIsToldOnceAndRecoversWithWhatWasLearnedMeanwhile(Trouble trouble) {
    store.trouble(trouble);
    resolve("new.example");
    resolve("other.example");
    net.pass(1);
    resolver.upkeep().tick();
    settle();
    String failed = trouble == Trouble.READ_ONLY ? "store failed writing" : "store failed reading";
    assertThat(diary.all()).filteredOn(line -> line.startsWith(failed)).hasSize(1);

    store.trouble(Trouble.NONE);
    for (int round = 0; round < 50 && !isStored("new.example", "other.example"); round++) {
      net.pass(31);
      resolver.upkeep().tick();
      settle();
      resolve("unknown" + round + ".example");
      settle();
    }

    assertThat(diary.all()).filteredOn(line -> line.startsWith("store recovered")).isNotEmpty();
    assertThat(isStored("new.example", "other.example")).isTrue();
  }

  private boolean isStored(String... domains) {
    return Stream.of(domains).allMatch(domain -> store.find(domain).isPresent());
  }

  /** Waits until each of the store's threads has ended what it had begun. */
  private void settle() {
    CyclicBarrier meeting = new CyclicBarrier(8);
    CompletableFuture.allOf(
            IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.runAsync(() -> meet(meeting), threads))
                .toArray(CompletableFuture[]::new))
        .orTimeout(30, TimeUnit.SECONDS)
        .join();
  }

  private static void meet(CyclicBarrier meeting) {
    try {
      meeting.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aStoreThatHangsIsAskedByOneCallerAtATimeOnceItIsKnown() {
    store.trouble(Trouble.HANGING);
    resolve("new.example");
    int calls = store.calls();

    for (int i = 0; i < 100; i++) {
      resolve("unknown" + i + ".example");
    }

    assertThat(store.calls()).isEqualTo(calls);
  }
}
