// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.refresh;

import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;

/**
 * When a policy is to be renewed: well before it expires, at a moment that nobody can predict.
 *
 * <p>RFC 8461 §10.2 has senders fetch before expiry, or whoever blocks the policy host at the right
 * moment has the policy lapse. The moment is drawn anew for each fetch, from a secret of this
 * process, so that it need not be remembered. RFC 8461 §3.3 suggests once a day.
 *
 * @param secret what the moments are drawn from
 */
public record RefreshSchedule(long secret) {
  /** Not sooner than this part of the life. */
  private static final double EARLIEST = 0.40;

  /** Not later: what is blocked for a fifth of a life still leaves time for another attempt. */
  private static final double LATEST = 0.70;

  /** Of longer lives only so much counts, which makes it once a day at least. */
  private static final Duration LONGEST = Duration.ofSeconds((long) (86_400 / LATEST));

  /** The first wait after a failure. RFC 8461 §3.3: five minutes or more */
  private static final Duration FIRST_RETRY = Duration.ofMinutes(5);

  private static final Duration LONGEST_RETRY = Duration.ofDays(1);

  /** A little less than a twentieth of the life, because a sweep may come a little late. */
  private static final int RETRIES_IN_A_LIFE = 22;

  /** Whether a policy that was fetched so long ago is to be renewed. */
  boolean isDue(String domain, Instant fetchedAt, Duration lifetime, Duration age) {
    return age.toMillis() >= counted(lifetime).toMillis() * EARLIEST
        && age.compareTo(dueAfter(domain, fetchedAt, lifetime)) >= 0;
  }

  /** How long after so many failures in a row the next attempt is made. */
  Duration retryAfter(int failures, Duration lifetime) {
    Duration wait = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, 10));
    wait = shorter(wait, shorter(lifetime.dividedBy(RETRIES_IN_A_LIFE), LONGEST_RETRY));
    return wait.compareTo(FIRST_RETRY) < 0 ? FIRST_RETRY : wait;
  }

  private static Duration counted(Duration lifetime) {
    return shorter(lifetime, LONGEST);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** How long after its fetch a policy is to be renewed. */
  public Duration dueAfter(String domain, Instant fetchedAt, Duration lifetime) {
    Duration counted = counted(lifetime);
    long seed = secret ^ (31L * domain.hashCode() + fetchedAt.toEpochMilli());
    double part = EARLIEST + (LATEST - EARLIEST) * new SplittableRandom(seed).nextDouble();
    return Duration.ofMillis((long) (counted.toMillis() * part));
  }
}
