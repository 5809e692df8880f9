// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import io.github.mtasts.decision.ResolverListener;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** Keeps calls from a store that has just failed, for a pause that grows. Thread-safe. */
final class CircuitBreaker {
  private static final long FIRST_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(30).toNanos();

  /** A store that fails again sooner has not recovered, and its pauses go on growing. */
  private static final long CALM_NANOS = Duration.ofMinutes(1).toNanos();

  private final String what;
  private final ResolverListener listener;
  private final LongSupplier ticker;
  private final Executor executor;
  private final Queue<Runnable> news = new ConcurrentLinkedQueue<>();
  private final AtomicInteger untold = new AtomicInteger();

  private int breaks;
  private boolean broken;
  private boolean trying;
  private long pauseNanos;
  private long retryAtNanos;
  private long mendedAtNanos;

  /**
   * Sets up a circuit that is whole.
   *
   * @param executor tells the listener, on however many threads, what happened in its order
   */
  CircuitBreaker(String what, ResolverListener listener, LongSupplier ticker, Executor executor) {
    this.what = what;
    this.listener = listener;
    this.ticker = ticker;
    this.executor = executor;
  }

  /** Whether to call; after a pause, one caller tries for all. */
  synchronized boolean admits() {
    if (!broken) {
      return true;
    }
    if (trying || isPausing()) {
      return false;
    }
    trying = true;
    return true;
  }

  /** Whether a call would be admitted now, or might be soon. */
  synchronized boolean isOpenToCalls() {
    return !broken || !(trying || isPausing());
  }

  /** How often it has broken so far: a call that was admitted before the last time is void. */
  synchronized int breaks() {
    return breaks;
  }

  void succeeded() {
    if (mend()) {
      executor.execute(this::tell);
    }
  }

  void failed(String detail) {
    if (breakOff(detail)) {
      executor.execute(this::tell);
    }
  }

  /**
   * Tells all there is, or leaves it to the thread that is telling already: what happened first is
   * told first, and no thread waits for a slow listener.
   */
  private void tell() {
    if (untold.getAndIncrement() > 0) {
      return;
    }
    do {
      Runnable next = news.poll();
      if (next != null) {
        next.run();
      }
    } while (untold.decrementAndGet() > 0);
  }

  private boolean isPausing() {
    return ticker.getAsLong() - retryAtNanos < 0;
  }

  /** Whether it has failed before, and has not been well for a while since. */
  private boolean isRelapse() {
    return broken || (breaks > 0 && ticker.getAsLong() - mendedAtNanos < CALM_NANOS);
  }

  private synchronized boolean mend() {
    boolean was = broken;
    broken = false;
    trying = false;
    if (was) {
      mendedAtNanos = ticker.getAsLong();
      news.add(() -> listener.storeRecovered(what));
    }
    return was;
  }

  private synchronized boolean breakOff(String detail) {
    boolean first = !broken;
    if (first || trying) {
      pauseNanos = isRelapse() ? Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS) : FIRST_PAUSE_NANOS;
      retryAtNanos = ticker.getAsLong() + pauseNanos;
    }
    if (first) {
      breaks++;
      news.add(() -> listener.storeFailed(what, detail));
    }
    broken = true;
    trying = false;
    return first;
  }
}
