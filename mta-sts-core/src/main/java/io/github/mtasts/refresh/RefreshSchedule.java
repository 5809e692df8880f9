// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.refresh;

import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;

/**
 * When a policy is renewed: well before it expires, at a time that an attacker cannot predict.
 *
 * <p>RFC 8461 §10.2: senders fetch before expiry. Otherwise an attacker who blocks the policy host
 * at the right time makes the policy expire. The time is derived from the fetch and a secret of
 * this process, so that it need not be stored. RFC 8461 §3.3 suggests once a day.
 *
 * <p>Retries after failures follow {@link io.github.mtasts.cache.BackOff}, not this schedule.
 *
 * @param secret the seed of the random times
 */
public record RefreshSchedule(long secret) {
  /** The earliest renewal, as a part of the lifetime. */
  private static final double EARLIEST = 0.62;

  /** The latest: after a blockade of a fifth of the lifetime there is still time for retries. */
  private static final double LATEST = 0.72;

  /** The longest lifetime that counts, so that a policy is renewed about once a day. */
  private static final Duration LONGEST = Duration.ofHours(41);

  /** Whether a policy of this age must be renewed. */
  boolean isDue(String domain, Instant fetchedAt, Duration lifetime, Duration age) {
    return age.toMillis() >= counted(lifetime).toMillis() * EARLIEST
        && age.compareTo(dueAfter(domain, fetchedAt, lifetime)) >= 0;
  }

  private static Duration counted(Duration lifetime) {
    return lifetime.compareTo(LONGEST) < 0 ? lifetime : LONGEST;
  }

  /** How long after its fetch a policy is renewed. */
  Duration dueAfter(String domain, Instant fetchedAt, Duration lifetime) {
    Duration counted = counted(lifetime);
    long seed = secret ^ (31L * domain.hashCode() + fetchedAt.toEpochMilli());
    double part = EARLIEST + (LATEST - EARLIEST) * new SplittableRandom(seed).nextDouble();
    return Duration.ofMillis((long) (counted.toMillis() * part));
  }
}
