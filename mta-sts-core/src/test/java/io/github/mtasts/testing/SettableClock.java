// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * A clock that moves only when a test moves it.
 *
 * <p>It has a wall clock ({@link #instant()}) and a monotonic ticker ({@link #nanoTicker()}).
 * {@link #advance} moves both, like time; {@link #jump} moves only the wall clock, like an
 * administrator or a time server.
 *
 * <p>Safe for use by several threads.
 */
public final class SettableClock implements InstantSource {
  /** The default start: {@value}. */
  public static final String DEFAULT_START = "2026-01-01T00:00:00Z";

  private Instant now;
  private long nanos;

  /** Creates a clock that shows {@value #DEFAULT_START}. */
  public SettableClock() {
    this(Instant.parse(DEFAULT_START));
  }

  /**
   * Creates a clock that shows a given time.
   *
   * @param start the first time it shows
   */
  public SettableClock(Instant start) {
    this.now = start;
  }

  /** Returns the wall-clock time. */
  @Override
  public synchronized Instant instant() {
    return now;
  }

  /** Returns the monotonic clock in nanoseconds, for code that measures intervals. */
  public LongSupplier nanoTicker() {
    return this::nanos;
  }

  /**
   * Moves both clocks forward.
   *
   * @param step zero or more
   * @return this clock
   * @throws IllegalArgumentException if the step is negative; to go back use {@link #jump}
   */
  public synchronized SettableClock advance(Duration step) {
    if (step.isNegative()) {
      throw new IllegalArgumentException(
          "step: expected zero or more, found " + step + "; use jump to set the wall clock back");
    }
    now = now.plus(step);
    nanos += step.toNanos();
    return this;
  }

  /**
   * Moves the wall clock forward or back, and not the monotonic clock.
   *
   * @param step negative for back
   * @return this clock
   */
  public synchronized SettableClock jump(Duration step) {
    now = now.plus(step);
    return this;
  }

  private synchronized long nanos() {
    return nanos;
  }
}
