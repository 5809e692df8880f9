package io.github.mtasts.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * A clock that stands still until a test moves it.
 *
 * <p>It is two clocks in one, as a machine has them: the wall clock ({@link #instant()}) and the
 * monotonic ticker ({@link #nanoTicker()}). {@link #advance} moves both, as time does; {@link
 * #jump} moves only the wall clock, as an administrator or a time server does.
 *
 * <p>Safe for use by several threads.
 */
public final class SettableClock implements InstantSource {
  /** Where a clock starts unless told otherwise: {@value}. */
  public static final String DEFAULT_START = "2026-01-01T00:00:00Z";

  private Instant now;
  private long nanos;

  /** Makes a clock that shows {@value #DEFAULT_START}. */
  public SettableClock() {
    this(Instant.parse(DEFAULT_START));
  }

  /**
   * Makes a clock that shows a chosen time.
   *
   * @param start what it shows first
   */
  public SettableClock(Instant start) {
    this.now = start;
  }

  /** Returns the wall-clock time. */
  @Override
  public synchronized Instant instant() {
    return now;
  }

  /** Returns the monotonic clock in nanoseconds, for whatever measures intervals. */
  public LongSupplier nanoTicker() {
    return this::nanos;
  }

  /**
   * Lets time pass on both clocks.
   *
   * @param step how much; zero or more
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
   * Sets the wall clock forward or back while the monotonic clock goes on unmoved.
   *
   * @param step how far; negative for back
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
