// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.RecordingListener;
import io.github.mtasts.decision.ResolverListener;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How a store that fails, and then does not, is told of. */
final class CircuitBreakerTest {
  private final Deque<Runnable> threads = new ArrayDeque<>();
  private final AtomicLong nanos = new AtomicLong();
  private final RecordingListener diary = new RecordingListener();
  private final CircuitBreaker circuit =
      new CircuitBreaker("reading", diary, () -> 0, threads::add);

  @Test
  void isToldInTheOrderInWhichItHappenedThoughTheLastThreadIsTheFirst() {
    circuit.failed("refused");
    circuit.succeeded();
    circuit.failed("refused again");

    while (!threads.isEmpty()) {
      threads.removeLast().run();
    }

    assertThat(diary.all())
        .containsExactly(
            "store failed reading refused",
            "store recovered reading",
            "store failed reading refused again");
  }

  @Test
  void keepsNoThreadWaitingWhileAListenerIsSlow() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    ResolverListener slow =
        new ResolverListener() {
          @Override
          public void storeFailed(String what, String detail) {
            begun.countDown();
            awaitUninterruptibly(goOn);
            diary.storeFailed(what, detail);
          }

          @Override
          public void storeRecovered(String what) {
            diary.storeRecovered(what);
          }
        };
    CircuitBreaker patient = new CircuitBreaker("writing", slow, () -> 0, threads::add);
    patient.failed("refused");
    CompletableFuture<Void> first = CompletableFuture.runAsync(threads.removeFirst());
    assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();

    patient.succeeded();
    threads.removeFirst().run();
    assertThat(diary.all()).isEmpty();

    goOn.countDown();
    first.get(1, TimeUnit.MINUTES);
    assertThat(diary.all())
        .containsExactly("store failed writing refused", "store recovered writing");
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One of two servers is dead, or somebody holds a lock on one row: every other call fails. */
  @Test
  void aStoreThatFailsEveryOtherCallIsToldOfTwiceAMinuteAtMost() {
    CircuitBreaker flapping = new CircuitBreaker("writing", diary, nanos::get, Runnable::run);
    int calls = 0;
    for (int second = 0; second < 3_600; second++) {
      nanos.addAndGet(1_000_000_000);
      if (flapping.admits()) {
        if (calls++ % 2 == 0) {
          flapping.failed("no answer");
        } else {
          flapping.succeeded();
        }
      }
    }

    assertThat(diary.all())
        .filteredOn(line -> line.startsWith("store failed"))
        .hasSizeBetween(60, 130);
  }

  @Test
  void aStoreThatWasWellForAMinuteIsTriedAgainAfterASecond() {
    CircuitBreaker flapping = new CircuitBreaker("writing", diary, nanos::get, Runnable::run);
    for (int trouble = 0; trouble < 5; trouble++) {
      flapping.failed("no answer");
      assertThat(flapping.admits()).isFalse();
      nanos.addAndGet(1_000_000_000);
      assertThat(flapping.admits()).isTrue();
      flapping.succeeded();
      nanos.addAndGet(60_000_000_000L);
    }
  }
}
