package io.github.mtasts.discovery;

import java.time.Duration;
import java.util.List;

/**
 * One DNS answer, with the four outcomes that must never be confused.
 *
 * @param <T> what a record holds
 * @param status which outcome
 * @param records the records, empty unless {@code FOUND}
 * @param ttl how long the answer may be kept: the smallest TTL of the chain, or the negative TTL of
 *     the SOA (RFC 2308 §5); zero when unavailable or unknown
 * @param detail for people: what was asked and what came back
 */
public record DnsAnswer<T>(Status status, List<T> records, Duration ttl, String detail) {

  /** The outcomes. */
  public enum Status {
    /** At least one record. */
    FOUND,
    /** The name exists and has no record of the type. */
    NO_DATA,
    /** The name does not exist. */
    NO_DOMAIN,
    /** Silence, SERVFAIL, REFUSED, a broken answer, or overload of ours: nothing is known. */
    UNAVAILABLE
  }
}
