// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.cache;

import io.github.mtasts.decision.Problem;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Failed fetches of one domain under one id. RFC 8461 §3.3
 *
 * @param id the id that DNS showed
 * @param failures how many fetches have failed in a row under it
 * @param retryAtNanos when the next one may be made, by the ticker
 * @param problem how the last one failed
 */
public record BackOff(String id, int failures, long retryAtNanos, Problem problem) {

  /**
   * How long to wait after failures.
   *
   * @param least the first wait. RFC 8461 §3.3: five minutes or more
   * @param most the longest wait
   * @param random spreads the retries of many domains by up to a tenth
   */
  public record Schedule(Duration least, Duration most, RandomGenerator random) {
    private static final int TWENTIETH = 20;

    /**
     * The same for a domain whose policy has to be renewed in time: its longest wait, spread
     * included, is a twentieth of the policy's life, but not less than the first wait.
     */
    public Schedule within(Duration lifetime) {
      Duration twentieth = lifetime.dividedBy(TWENTIETH + TWENTIETH / 10);
      Duration longest = twentieth.compareTo(least) < 0 ? least : twentieth;
      return longest.compareTo(most) < 0 ? new Schedule(least, longest, random) : this;
    }

    public BackOff after(
        Optional<BackOff> before,
        String id,
        Optional<Duration> retryAfter,
        Problem problem,
        long nowNanos) {
      int failures = before.map(BackOff::failures).orElse(0) + 1;
      long wait = Math.max(doubled(failures), retryAfter.map(this::capped).orElse(0L));
      long spread = wait / 10 > 0 ? random.nextLong(wait / 10) : 0;
      return new BackOff(id, failures, nowNanos + wait + spread, problem);
    }

    private long doubled(int failures) {
      long wait = least.toNanos();
      for (int i = 1; i < failures && wait < most.toNanos(); i++) {
        wait *= 2;
      }
      return Math.min(wait, most.toNanos());
    }

    private long capped(Duration asked) {
      return asked.compareTo(most) > 0 ? most.toNanos() : asked.toNanos();
    }
  }

  boolean isWaiting(long nowNanos) {
    return nowNanos - retryAtNanos < 0;
  }
}
