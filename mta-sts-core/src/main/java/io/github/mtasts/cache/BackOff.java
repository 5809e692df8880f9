// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.cache;

import io.github.mtasts.decision.Problem;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The wait after failed fetches of one domain under one id. RFC 8461 §3.3
 *
 * <p>This is the only back-off: lookups and renewals follow it, and a store keeps it for restarts.
 *
 * @param id the id in the TXT record
 * @param failures how many fetches under this id have failed in a row
 * @param retryAtNanos the earliest time of the next fetch, by the ticker
 * @param problem why the last fetch failed
 */
public record BackOff(String id, int failures, long retryAtNanos, Problem problem) {

  /**
   * How long to wait after failures: the wait doubles from {@code least} to {@code most}.
   *
   * @param least the first wait. RFC 8461 §3.3: five minutes or more
   * @param most the longest wait
   * @param random adds up to a tenth, so that many domains do not retry at the same moment
   */
  public record Schedule(Duration least, Duration most, RandomGenerator random) {
    private static final int TWENTIETH = 20;

    /**
     * Returns the schedule for a domain with a cached policy, which must be renewed before it
     * expires: the longest wait, random part included, is a twentieth of the policy's lifetime, but
     * not less than the first wait.
     */
    public Schedule within(Duration lifetime) {
      Duration twentieth = lifetime.dividedBy(TWENTIETH + TWENTIETH / 10);
      Duration longest = twentieth.compareTo(least) < 0 ? least : twentieth;
      return longest.compareTo(most) < 0 ? new Schedule(least, longest, random) : this;
    }

    /** Returns the back-off after one more failure. */
    public BackOff after(
        Optional<BackOff> previous,
        String id,
        Optional<Duration> retryAfter,
        Problem problem,
        long nowNanos) {
      int failures = previous.map(BackOff::failures).orElse(0) + 1;
      long wait = Math.max(doubled(failures), retryAfter.map(this::atMost).orElse(0L));
      long randomPart = wait / 10 > 0 ? random.nextLong(wait / 10) : 0;
      return new BackOff(id, failures, nowNanos + wait + randomPart, problem);
    }

    private long doubled(int failures) {
      long wait = least.toNanos();
      for (int i = 1; i < failures && wait < most.toNanos(); i++) {
        wait *= 2;
      }
      return Math.min(wait, most.toNanos());
    }

    private long atMost(Duration requested) {
      return requested.compareTo(most) > 0 ? most.toNanos() : requested.toNanos();
    }
  }

  boolean isWaiting(long nowNanos) {
    return nowNanos - retryAtNanos < 0;
  }
}
