// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery.record;

import static java.util.Objects.requireNonNull;

import io.github.mtasts.policy.RecordAnswer;
import java.time.Duration;

/**
 * The record at {@code _mta-sts.<domain>}, and how long DNS allows to cache it.
 *
 * <p>Immutable, hence thread-safe.
 *
 * @param answer whether there is a valid record, and which
 * @param ttl the DNS TTL of the answer, not clamped; zero when unavailable or unknown
 */
public record DiscoveredRecord(RecordAnswer answer, Duration ttl) {
  /**
   * Refuses null.
   *
   * @param answer whether there is a valid record, and which
   * @param ttl the DNS TTL of the answer
   */
  public DiscoveredRecord {
    requireNonNull(answer, "answer");
    requireNonNull(ttl, "ttl");
  }
}
