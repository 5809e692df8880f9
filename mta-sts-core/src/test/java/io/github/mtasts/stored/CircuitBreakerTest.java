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

/** Failures and recoveries of a store are reported in order, and not too often. */
final class CircuitBreakerTest {
  private final Deque<Runnable> threads = new ArrayDeque<>();
  private final AtomicLong nanos = new AtomicLong();
  private final RecordingListener events = new RecordingListener();
  private final CircuitBreaker breaker =
      new CircuitBreaker("reading", events, () -> 0, threads::add);

  @Test
  void reportsEventsInOrderEvenIfThreadsRunInReverse() {
    breaker.failed("refused");
    breaker.succeeded();
    breaker.failed("refused again");

    while (!threads.isEmpty()) {
      threads.removeLast().run();
    }

    assertThat(events.all())
        .containsExactly(
            "store failed reading refused",
            "store recovered reading",
            "store failed reading refused again");
  }

  @Test
  void blocksNoThreadWhileAListenerIsSlow() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch proceed = new CountDownLatch(1);
    ResolverListener slow =
        new ResolverListener() {
          @Override
          public void storeFailed(String what, String detail) {
            started.countDown();
            awaitUninterruptibly(proceed);
            events.storeFailed(what, detail);
          }

          @Override
          public void storeRecovered(String what) {
            events.storeRecovered(what);
          }
        };
    CircuitBreaker withSlowListener = new CircuitBreaker("writing", slow, () -> 0, threads::add);
    withSlowListener.failed("refused");
    CompletableFuture<Void> first = CompletableFuture.runAsync(threads.removeFirst());
    assertThat(started.await(1, TimeUnit.MINUTES)).isTrue();

    withSlowListener.succeeded();
    threads.removeFirst().run();
    assertThat(events.all()).isEmpty();

    proceed.countDown();
    first.get(1, TimeUnit.MINUTES);
    assertThat(events.all())
        .containsExactly("store failed writing refused", "store recovered writing");
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** For example one of two servers is down, or a row is locked: every other call fails. */
  @Test
  void reportsAStoreThatFailsEveryOtherCallTwiceAMinuteAtMost() {
    CircuitBreaker flapping = new CircuitBreaker("writing", events, nanos::get, Runnable::run);
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

    assertThat(events.all())
        .filteredOn(line -> line.startsWith("store failed"))
        .hasSizeBetween(60, 130);
  }

  @Test
  void pausesForASecondOnlyAfterAMinuteOfRecovery() {
    CircuitBreaker flapping = new CircuitBreaker("writing", events, nanos::get, Runnable::run);
    for (int failure = 0; failure < 5; failure++) {
      flapping.failed("no answer");
      assertThat(flapping.admits()).isFalse();
      nanos.addAndGet(1_000_000_000);
      assertThat(flapping.admits()).isTrue();
      flapping.succeeded();
      nanos.addAndGet(60_000_000_000L);
    }
  }
}
