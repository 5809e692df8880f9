// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.cache;

import io.github.mtasts.discovery.record.DiscoveredRecord;
import io.github.mtasts.policy.RecordAnswer.Status;
import java.time.Duration;

/**
 * For how long an answer of DNS is believed; all bounds come from the builder.
 *
 * @param recordFloor the least for a domain with a record; wins over the ceiling
 * @param recordCeiling the most for a domain with a record: whoever forges one answer with a TTL of
 *     a year does not blind us for a year
 * @param negativeLeast the least for a domain without a record
 * @param negativeMost the most for a domain without a record
 */
public record TtlBounds(
    Duration recordFloor, Duration recordCeiling, Duration negativeLeast, Duration negativeMost) {

  /** Nothing is remembered longer than this. */
  public static final int LONGEST_DAYS = 366;

  /** DNS trouble is never remembered as "no policy", only long enough not to be hammered. */
  private static final Duration UNAVAILABLE_MOST = Duration.ofSeconds(10);

  /**
   * For how long a policy binds after its fetch.
   *
   * <p>RFC 8461 §3.2 choice: at least as long as its record is believed. Otherwise {@code max_age:
   * 0} would mean one fetch for each message, at whatever host the domain's owner points to.
   */
  public Duration ofPolicy(Duration maxAge) {
    return longer(maxAge, recordFloor);
  }

  /** Until when a domain with a policy in memory need not be asked about again. */
  public long ofKnownPolicy(DiscoveredRecord discovered) {
    return discovered.answer().status() == Status.FOUND
        ? clamp(discovered.ttl(), recordFloor, longer(recordFloor, recordCeiling))
        : clamp(discovered.ttl(), recordFloor, longer(recordFloor, negativeMost));
  }

  /** Until when a domain without a policy need not be asked about again. */
  public long ofNoPolicy(DiscoveredRecord discovered) {
    return switch (discovered.answer().status()) {
      case FOUND -> clamp(discovered.ttl(), recordFloor, longer(recordFloor, negativeMost));
      case ABSENT, INVALID -> clamp(discovered.ttl(), negativeLeast, negativeMost);
      case UNAVAILABLE -> Math.min(UNAVAILABLE_MOST.toNanos(), negativeLeast.toNanos());
    };
  }

  /** Until when it is believed that there is no policy, where not everybody could be asked. */
  public long ofHearsay() {
    return negativeLeast.toNanos();
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private static long clamp(Duration ttl, Duration least, Duration most) {
    Duration atLeast = longer(ttl, least);
    return (atLeast.compareTo(most) > 0 ? most : atLeast).toNanos();
  }
}
