// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import java.time.Duration;

/**
 * What to do with mail while it cannot be determined whether a domain has a policy.
 *
 * <p>RFC 8461 §3.1 choice: the RFC does not specify this. A policy that is cached or fetched is not
 * affected; it stays in force. Immutable, hence thread-safe.
 */
public final class WhenUnavailable {
  /** Deliver as if the domain had no policy. */
  public static final WhenUnavailable PROCEED = new WhenUnavailable(Duration.ZERO);

  /** Refuse every MX host, so that the mail stays in the queue, for as long as it takes. */
  public static final WhenUnavailable DEFER =
      new WhenUnavailable(Duration.ofSeconds(Long.MAX_VALUE));

  private final Duration longest;

  private WhenUnavailable(Duration longest) {
    this.longest = longest;
  }

  /**
   * Refuses every MX host at first, and proceeds if the trouble lasts longer.
   *
   * @param longest above 0; counts from the first failure in an unbroken series
   * @return the choice
   * @throws IllegalArgumentException if zero or negative
   */
  public static WhenUnavailable deferFor(Duration longest) {
    if (longest.isNegative() || longest.isZero()) {
      throw new IllegalArgumentException(
          "deferFor: expected more than zero, found " + longest + "; use PROCEED to never defer");
    }
    return new WhenUnavailable(longest);
  }

  /**
   * {@return whether mail must wait after so much time of trouble}
   *
   * @param lasting how long the trouble has lasted
   */
  public boolean defersAfter(Duration lasting) {
    return lasting.compareTo(longest) < 0;
  }

  /** {@return {@code PROCEED}, {@code DEFER} or {@code deferFor(...)}} */
  @Override
  public String toString() {
    if (equals(PROCEED)) {
      return "PROCEED";
    }
    return equals(DEFER) ? "DEFER" : "deferFor(" + longest + ")";
  }
}
