// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.cache;

import io.github.mtasts.discovery.record.DiscoveredRecord;
import io.github.mtasts.policy.RecordAnswer.Status;
import java.time.Duration;

/**
 * How long DNS answers are cached, and how long policies are valid. The builder sets all bounds.
 *
 * @param recordFloor the minimum for a domain with a record; takes precedence over the ceiling
 * @param recordCeiling the maximum for a domain with a record: one forged answer with a TTL of a
 *     year must not hide changes for a year
 * @param negativeLeast the minimum for a domain without a record
 * @param negativeMost the maximum for a domain without a record
 */
public record TtlBounds(
    Duration recordFloor, Duration recordCeiling, Duration negativeLeast, Duration negativeMost) {

  /** The longest time that anything is cached, in days. */
  public static final int LONGEST_DAYS = 366;

  /** A DNS failure does not mean "no policy"; it is cached only to limit queries. */
  private static final Duration UNAVAILABLE_MOST = Duration.ofSeconds(10);

  /** Another node may have fetched a policy where this one saw forged DNS. */
  private static final Duration STORE_MOST = Duration.ofMinutes(1);

  /**
   * How long a policy is valid after its fetch.
   *
   * <p>RFC 8461 §3.2 choice: at least until its host may be asked again, and as long as its record
   * is cached. Otherwise a short max_age would leave the domain unprotected in between, and {@code
   * max_age: 0} would cause a fetch for each message, to a host that the domain's owner chooses.
   */
  public Duration ofPolicy(Duration maxAge) {
    return longer(longer(maxAge, recordFloor), FetchHistory.WINDOW);
  }

  /** How long, in nanoseconds, a DNS answer is fresh for a domain with a cached policy. */
  public long ofKnownPolicy(DiscoveredRecord discovered) {
    return discovered.answer().status() == Status.FOUND
        ? clamp(discovered.ttl(), recordFloor, longer(recordFloor, recordCeiling))
        : clamp(discovered.ttl(), recordFloor, longer(recordFloor, negativeMost));
  }

  /** How long, in nanoseconds, a DNS answer is fresh for a domain without a policy. */
  public long ofNoPolicy(DiscoveredRecord discovered) {
    return switch (discovered.answer().status()) {
      case FOUND -> clamp(discovered.ttl(), recordFloor, longer(recordFloor, negativeMost));
      case ABSENT, INVALID -> clamp(discovered.ttl(), negativeLeast, negativeMost);
      case UNAVAILABLE -> ofUndetermined();
    };
  }

  /** How long, in nanoseconds, an answer holds that could not be determined. */
  public long ofUndetermined() {
    return Math.min(UNAVAILABLE_MOST.toNanos(), negativeLeast.toNanos());
  }

  /** How long, in nanoseconds, "no policy" holds before a store is asked again. */
  public long untilStoreIsAsked() {
    return Math.min(STORE_MOST.toNanos(), negativeMost.toNanos());
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private static long clamp(Duration ttl, Duration least, Duration most) {
    Duration atLeast = longer(ttl, least);
    return (atLeast.compareTo(most) > 0 ? most : atLeast).toNanos();
  }
}
