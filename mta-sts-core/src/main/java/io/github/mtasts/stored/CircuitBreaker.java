// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import io.github.mtasts.decision.ResolverListener;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Stops calls to a store that has just failed. Closed, it admits all calls. A failure opens it for
 * a pause that grows; then one trial call decides whether it closes. Thread-safe.
 */
final class CircuitBreaker {
  private static final long FIRST_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(30).toNanos();

  /** A store that fails again sooner has not recovered: its pauses go on growing. */
  private static final long RECOVERY_NANOS = Duration.ofMinutes(1).toNanos();

  private final String what;
  private final ResolverListener listener;
  private final LongSupplier ticker;
  private final Executor executor;
  private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
  private final AtomicInteger pendingEvents = new AtomicInteger();

  private int timesOpened;
  private boolean open;
  private boolean trialRunning;
  private long pauseNanos;
  private long retryAtNanos;
  private long closedAtNanos;

  /**
   * Creates a closed circuit breaker.
   *
   * @param what the kind of calls, for events
   * @param executor calls the listener; may use several threads, events stay in order
   */
  CircuitBreaker(String what, ResolverListener listener, LongSupplier ticker, Executor executor) {
    this.what = what;
    this.listener = listener;
    this.ticker = ticker;
    this.executor = executor;
  }

  /** Whether to make a call; after a pause, true for one trial call only. */
  synchronized boolean admits() {
    if (!open) {
      return true;
    }
    if (trialRunning || isPausing()) {
      return false;
    }
    trialRunning = true;
    return true;
  }

  /** Whether {@link #admits} would return true now; starts no trial. */
  synchronized boolean wouldAdmit() {
    return !open || !(trialRunning || isPausing());
  }

  /** How often it has opened so far; calls that were admitted before the last time are dropped. */
  synchronized int timesOpened() {
    return timesOpened;
  }

  void succeeded() {
    if (close()) {
      executor.execute(this::publish);
    }
  }

  void failed(String detail) {
    if (open(detail)) {
      executor.execute(this::publish);
    }
  }

  /**
   * Reports the pending events, unless another thread is doing so: then that thread reports them
   * too. Events stay in order, and no thread waits for a slow listener.
   */
  private void publish() {
    if (pendingEvents.getAndIncrement() > 0) {
      return;
    }
    do {
      Runnable next = events.poll();
      if (next != null) {
        next.run();
      }
    } while (pendingEvents.decrementAndGet() > 0);
  }

  private boolean isPausing() {
    return ticker.getAsLong() - retryAtNanos < 0;
  }

  /** Whether this failure follows another without a minute of recovery in between. */
  private boolean isRepeatedFailure() {
    return open || (timesOpened > 0 && ticker.getAsLong() - closedAtNanos < RECOVERY_NANOS);
  }

  private synchronized boolean close() {
    boolean wasOpen = open;
    open = false;
    trialRunning = false;
    if (wasOpen) {
      closedAtNanos = ticker.getAsLong();
      events.add(() -> listener.storeRecovered(what));
    }
    return wasOpen;
  }

  private synchronized boolean open(String detail) {
    boolean first = !open;
    if (first || trialRunning) {
      pauseNanos =
          isRepeatedFailure() ? Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS) : FIRST_PAUSE_NANOS;
      retryAtNanos = ticker.getAsLong() + pauseNanos;
    }
    if (first) {
      timesOpened++;
      events.add(() -> listener.storeFailed(what, detail));
    }
    open = true;
    trialRunning = false;
    return first;
  }
}
