// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery;

import java.time.Duration;
import java.util.Objects;

/**
 * The deadline for one query, and how many queries may run at a time.
 *
 * <p>Without limits, a mailer with a thousand new domains in its queue would open a thousand
 * sockets at once, and its DNS server might block it. Queries beyond {@code underWay} wait; queries
 * beyond {@code waiting}, and those that still wait at the deadline, complete exceptionally with a
 * {@link java.util.concurrent.RejectedExecutionException}. Most users keep {@link #DEFAULT}.
 *
 * <p>Immutable, hence thread-safe.
 *
 * @param deadline for one query, including its time in the queue; above zero, default {@value
 *     #DEFAULT_DEADLINE_SECONDS} s
 * @param underWay the maximum number of running queries; 1 or more, default {@value
 *     #DEFAULT_UNDER_WAY}
 * @param waiting the maximum number of waiting queries; 0 or more, default {@value
 *     #DEFAULT_WAITING}
 */
public record DnsLimits(Duration deadline, int underWay, int waiting) {
  /** The default deadline for one query in seconds: {@value}. */
  public static final int DEFAULT_DEADLINE_SECONDS = 5;

  /** The default maximum number of running queries: {@value}. */
  public static final int DEFAULT_UNDER_WAY = 256;

  /** The default maximum number of waiting queries: {@value}. */
  public static final int DEFAULT_WAITING = 20_000;

  /**
   * Five seconds, {@value #DEFAULT_UNDER_WAY} running queries, {@value #DEFAULT_WAITING} waiting.
   */
  public static final DnsLimits DEFAULT =
      new DnsLimits(
          Duration.ofSeconds(DEFAULT_DEADLINE_SECONDS), DEFAULT_UNDER_WAY, DEFAULT_WAITING);

  /**
   * Checks the values.
   *
   * @param deadline for one query; above zero
   * @param underWay 1 or more
   * @param waiting 0 or more
   * @throws IllegalArgumentException if one of them is out of its range
   */
  public DnsLimits {
    Objects.requireNonNull(deadline, "deadline");
    if (deadline.isZero() || deadline.isNegative()) {
      throw new IllegalArgumentException(
          "deadline: expected more than zero, found " + deadline + "; 5 seconds suit most");
    }
    if (underWay < 1) {
      throw new IllegalArgumentException("underWay: expected 1 or more, found " + underWay);
    }
    if (waiting < 0) {
      throw new IllegalArgumentException("waiting: expected 0 or more, found " + waiting);
    }
  }

  /**
   * Returns the default limits with another deadline.
   *
   * @param deadline for one query; above zero
   * @return limits that differ from {@link #DEFAULT} in the deadline only
   */
  public static DnsLimits within(Duration deadline) {
    return new DnsLimits(deadline, DEFAULT_UNDER_WAY, DEFAULT_WAITING);
  }
}
