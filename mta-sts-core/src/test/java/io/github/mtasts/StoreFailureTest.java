// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.testing.InMemoryPolicyStore;
import io.github.mtasts.testing.InMemoryPolicyStore.Fault;
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

/** A failing store delays no lookup beyond the deadline, loses no cached policy, and recovers. */
final class StoreFailureTest {
  private static final int WEEK = 604_800;
  private static final Duration DEADLINE = Duration.ofMillis(200);

  private final FakeInternet net = new FakeInternet();
  private final InMemoryPolicyStore store = new InMemoryPolicyStore();
  private final RecordingListener events = new RecordingListener();
  private final ResolverThreads threads = ResolverThreads.forStoreWrites();
  private final CachingPolicyResolver resolver =
      net.resolver(net.builder().store(store).storeDeadline(DEADLINE).listener(events), threads);

  @BeforeEach
  void publishPolicies() {
    for (String domain : List.of("known.example", "new.example", "other.example")) {
      net.txt(domain, 60, "v=STSv1; id=1;").enforce(domain, WEEK, "mx." + domain);
    }
    resolve("known.example");
    settle(); // or a write that begins before the fault ends after it, and counts as a recovery
  }

  @AfterEach
  void endFaultAndClose() {
    store.fault(Fault.NONE);
    resolver.close();
    threads.close();
  }

  /** Without the store deadline this would never end; 30 s are enough on a busy machine. */
  private Resolution resolve(String domain) {
    return resolver.resolveAsync(domain).orTimeout(30, TimeUnit.SECONDS).join();
  }

  @ParameterizedTest
  @EnumSource(names = {"DOWN", "HANGING", "READ_ONLY", "LYING", "BROKEN"})
  void lookupsContinueAndCachedPoliciesStayInForce(Fault fault) {
    store.fault(fault);
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
  @EnumSource(names = {"DOWN", "HANGING", "READ_ONLY"})
  void isReportedOnceAndStoresThePendingPoliciesAfterRecovery(Fault fault) {
    store.fault(fault);
    resolve("new.example");
    resolve("other.example");
    for (int i = 0; i < 3; i++) {
      resolve("unknown" + i + ".example");
    }
    net.pass(1);
    resolver.maintenance().tick();
    settle();
    String failed = fault == Fault.READ_ONLY ? "store failed writing" : "store failed reading";
    assertThat(events.all()).filteredOn(line -> line.startsWith(failed)).hasSize(1);

    store.fault(Fault.NONE);
    for (int round = 0; round < 50 && !isStored("new.example", "other.example"); round++) {
      net.pass(31);
      resolver.maintenance().tick();
      settle();
      resolve("unknown" + round + ".example");
      settle();
    }

    assertThat(events.all()).filteredOn(line -> line.startsWith("store recovered")).isNotEmpty();
    assertThat(isStored("new.example", "other.example")).isTrue();
  }

  private boolean isStored(String... domains) {
    return Stream.of(domains).allMatch(domain -> store.find(domain).isPresent());
  }

  /** Waits until every thread of the store has finished its current call. */
  private void settle() {
    CyclicBarrier barrier = new CyclicBarrier(8);
    CompletableFuture.allOf(
            IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.runAsync(() -> await(barrier), threads))
                .toArray(CompletableFuture[]::new))
        .orTimeout(30, TimeUnit.SECONDS)
        .join();
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aStoreKnownToHangIsNotCalledForEachLookup() {
    store.fault(Fault.HANGING);
    for (int i = 0; i < 3; i++) {
      resolve("first" + i + ".example");
    }
    int calls = store.calls();

    for (int i = 0; i < 100; i++) {
      resolve("unknown" + i + ".example");
    }

    assertThat(store.calls()).isEqualTo(calls);
  }
}
