package io.github.mtasts;

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
record RefreshSchedule(long secret) {
  /** Not sooner than this part of the life. */
  private static final double EARLIEST = 0.40;

  /** Not later: what is blocked for a fifth of a life still leaves time for another attempt. */
  private static final double LATEST = 0.70;

  /** Of longer lives only so much counts, which makes it once a day at least. */
  private static final Duration LONGEST = Duration.ofSeconds((long) (86_400 / LATEST));

  /** How long after its fetch a policy is to be renewed. */
  Duration dueAfter(String domain, Instant fetchedAt, Duration lifetime) {
    Duration counted = lifetime.compareTo(LONGEST) < 0 ? lifetime : LONGEST;
    long seed = secret ^ (31L * domain.hashCode() + fetchedAt.toEpochMilli());
    double part = EARLIEST + (LATEST - EARLIEST) * new SplittableRandom(seed).nextDouble();
    return Duration.ofMillis((long) (counted.toMillis() * part));
  }
}
