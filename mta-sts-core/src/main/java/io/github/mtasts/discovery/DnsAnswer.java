// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.discovery;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;

/**
 * The answer to one DNS query.
 *
 * <p>Do not treat {@code UNAVAILABLE} as {@code NO_DATA} or {@code NO_DOMAIN}. With the latter two
 * a server says that there is no record; with {@code UNAVAILABLE} nothing is known. Otherwise an
 * attacker who drops a datagram can disable the protection.
 *
 * <p>Immutable, hence thread-safe.
 *
 * @param <T> the type of a record
 * @param status which result
 * @param records the records, at least one exactly if {@code FOUND}
 * @param ttl how long the answer may be cached: the smallest TTL of the CNAME chain, or the
 *     negative TTL of the SOA (RFC 2308 §5); zero when unavailable or unknown
 * @param detail for people: the query and its result
 */
public record DnsAnswer<T>(Status status, List<T> records, Duration ttl, String detail) {

  /** The four results. */
  public enum Status {
    /** At least one record. */
    FOUND,
    /** The name exists and has no record of the type. */
    NO_DATA,
    /** The name does not exist. */
    NO_DOMAIN,
    /** Timeout, SERVFAIL, REFUSED or an invalid answer: nothing is known. */
    UNAVAILABLE
  }

  /**
   * Copies the records.
   *
   * @param status which result
   * @param records the records, at least one exactly if {@code FOUND}
   * @param ttl how long the answer may be cached
   * @param detail for people
   * @throws IllegalArgumentException if there are records without {@code FOUND}, or no records with
   *     it
   */
  public DnsAnswer {
    requireNonNull(status, "status");
    requireNonNull(ttl, "ttl");
    requireNonNull(detail, "detail");
    records = List.copyOf(records);
    if (records.isEmpty() == (status == Status.FOUND)) {
      throw new IllegalArgumentException(
          "records: expected some exactly under FOUND, found "
              + records.size()
              + " under "
              + status);
    }
  }

  /**
   * Returns the result for a query without a usable answer.
   *
   * @param <T> the type of a record
   * @param detail the query and what happened
   * @return a result without records, not to be cached
   */
  public static <T> DnsAnswer<T> unavailable(String detail) {
    return new DnsAnswer<>(Status.UNAVAILABLE, List.of(), Duration.ZERO, detail);
  }
}
