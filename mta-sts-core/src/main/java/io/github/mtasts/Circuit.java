package io.github.mtasts;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/** Keeps calls from a store that has just failed, for a pause that grows. Thread-safe. */
final class Circuit {
  private static final long FIRST_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(30).toNanos();

  private final String what;
  private final ResolverListener listener;
  private final LongSupplier ticker;
  private final Executor executor;

  private int breaks;
  private boolean broken;
  private boolean trying;
  private long pauseNanos;
  private long retryAtNanos;

  /**
   * Sets up a circuit that is whole.
   *
   * @param executor tells the listener
   */
  Circuit(String what, ResolverListener listener, LongSupplier ticker, Executor executor) {
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
      executor.execute(() -> listener.storeRecovered(what));
    }
  }

  void failed(String detail) {
    if (breakOff()) {
      executor.execute(() -> listener.storeFailed(what, detail));
    }
  }

  private boolean isPausing() {
    return ticker.getAsLong() - retryAtNanos < 0;
  }

  private synchronized boolean mend() {
    boolean was = broken;
    broken = false;
    trying = false;
    return was;
  }

  private synchronized boolean breakOff() {
    boolean first = !broken;
    if (first || trying) {
      pauseNanos = first ? FIRST_PAUSE_NANOS : Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
      retryAtNanos = ticker.getAsLong() + pauseNanos;
    }
    breaks += first ? 1 : 0;
    broken = true;
    trying = false;
    return first;
  }
}
