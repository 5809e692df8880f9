package io.github.mtasts.discovery;

import java.time.Duration;
import java.util.List;

/**
 * One DNS answer, with the four outcomes that must never be confused.
 *
 * <p>{@code NO_DATA} and {@code NO_DOMAIN} are knowledge: a server vouches that nothing is there.
 * {@code UNAVAILABLE} is the lack of it. Who takes the third for the first two lets anybody who can
 * drop a datagram switch protection off.
 *
 * <p>Immutable, hence thread-safe.
 *
 * @param <T> what a record holds
 * @param status which outcome
 * @param records the records, at least one exactly when {@code FOUND}
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

  /**
   * Copies the records.
   *
   * @param status which outcome
   * @param records the records, at least one exactly when {@code FOUND}
   * @param ttl how long the answer may be kept
   * @param detail for people
   * @throws IllegalArgumentException if there are records without {@code FOUND}, or none with it
   */
  public DnsAnswer {
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
   * Returns the answer for a DNS that did not answer.
   *
   * @param <T> what a record would hold
   * @param detail what was asked and what happened
   * @return an answer without records, not to be kept
   */
  public static <T> DnsAnswer<T> unavailable(String detail) {
    return new DnsAnswer<>(Status.UNAVAILABLE, List.of(), Duration.ZERO, detail);
  }
}
