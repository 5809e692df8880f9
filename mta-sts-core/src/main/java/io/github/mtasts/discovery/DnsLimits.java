package io.github.mtasts.discovery;

import java.time.Duration;
import java.util.Objects;

/**
 * How long one question may take, and how many may be asked at a time.
 *
 * <p>A mailer that finds a thousand new domains in its queue would otherwise open a thousand
 * sockets at once, and be taken for an attacker by its own DNS server. What goes beyond {@code
 * underWay} waits its turn; what goes beyond {@code waiting} is answered {@link
 * DnsAnswer.Status#UNAVAILABLE UNAVAILABLE} at once. Most users keep {@link #DEFAULT}.
 *
 * <p>Immutable, hence thread-safe.
 *
 * @param deadline for one question, its time in the queue included; above zero, default {@value
 *     #DEFAULT_DEADLINE_SECONDS} s
 * @param underWay questions that wait for DNS at a time; 1 or more, default {@value
 *     #DEFAULT_UNDER_WAY}
 * @param waiting questions that wait for their turn; 0 or more, default {@value #DEFAULT_WAITING}
 */
public record DnsLimits(Duration deadline, int underWay, int waiting) {
  /** How long one question may take unless told otherwise, in seconds: {@value}. */
  public static final int DEFAULT_DEADLINE_SECONDS = 5;

  /** How many questions are under way at a time unless told otherwise: {@value}. */
  public static final int DEFAULT_UNDER_WAY = 256;

  /** How many questions wait for their turn unless told otherwise: {@value}. */
  public static final int DEFAULT_WAITING = 20_000;

  /** Five seconds, {@value #DEFAULT_UNDER_WAY} under way, {@value #DEFAULT_WAITING} waiting. */
  public static final DnsLimits DEFAULT =
      new DnsLimits(
          Duration.ofSeconds(DEFAULT_DEADLINE_SECONDS), DEFAULT_UNDER_WAY, DEFAULT_WAITING);

  /**
   * Checks the numbers.
   *
   * @param deadline for one question; above zero
   * @param underWay 1 or more
   * @param waiting 0 or more
   * @throws IllegalArgumentException if one of them is out of its range
   */
  public DnsLimits {
    Objects.requireNonNull(deadline, "deadline");
    if (deadline.isZero() || deadline.isNegative()) {
      throw new IllegalArgumentException(
          "deadline: expected more than zero, found " + deadline + "; 5 seconds serve most");
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
   * @param deadline for one question; above zero
   * @return limits that differ from {@link #DEFAULT} in the deadline only
   */
  public static DnsLimits within(Duration deadline) {
    return new DnsLimits(deadline, DEFAULT_UNDER_WAY, DEFAULT_WAITING);
  }
}
