package io.github.mtasts.store;

import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.policy.StsRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A policy as a store keeps it: the text as fetched, under which id, when, and for how long.
 *
 * <p>The constructor takes only what this library would have stored. That the text is a policy, of
 * that mode, is checked by the resolver, which knows how strictly to read. Times are cut to the
 * millisecond. Immutable, hence thread-safe.
 *
 * @param domain the policy domain: lower-case A-labels, no trailing dot
 * @param id the id under which it was fetched, 1 to 32 ASCII letters and digits. RFC 8461 §3.1
 * @param text the policy file as fetched, 1 to {@value #MOST_TEXT_OCTETS} octets of UTF-8, no NUL
 *     among them
 * @param mode the mode that the text says, for listing
 * @param fetchedAt the last successful fetch, by the wall clock. RFC 8461 §3.2
 * @param expiresAt until when it binds; after {@code fetchedAt}, by a year and a day at most
 * @param lastUsedAt when a message last needed it
 * @param lastFailure the last failure to renew it since {@code fetchedAt}
 */
public record StoredPolicy(
    String domain,
    String id,
    String text,
    PolicyMode mode,
    Instant fetchedAt,
    Instant expiresAt,
    Instant lastUsedAt,
    Optional<StoredFailure> lastFailure)
    implements StoredRow {

  /** The version of what is stored; a row with a higher one is unreadable here: {@value}. */
  public static final int FORMAT_VERSION = 1;

  /** The longest policy text in octets of UTF-8: {@value}. RFC 8461 §3.3 */
  public static final int MOST_TEXT_OCTETS = 65_536;

  private static final Duration LONGEST_LIFE =
      Duration.ofSeconds(Policy.LONGEST_MAX_AGE_SECONDS).plusDays(1);

  /**
   * Checks what it is given.
   *
   * @param domain the policy domain
   * @param id the id under which it was fetched
   * @param text the policy file as fetched
   * @param mode the mode that the text says
   * @param fetchedAt the last successful fetch
   * @param expiresAt until when it binds
   * @param lastUsedAt when a message last needed it
   * @param lastFailure the last failure to renew it
   * @throws IllegalArgumentException if this library would never have stored it
   */
  public StoredPolicy {
    requireDomain(domain);
    requireId(id);
    requireText(text);
    Objects.requireNonNull(mode, "mode");
    Objects.requireNonNull(lastFailure, "lastFailure");
    fetchedAt = fetchedAt.truncatedTo(ChronoUnit.MILLIS);
    expiresAt = expiresAt.truncatedTo(ChronoUnit.MILLIS);
    lastUsedAt = lastUsedAt.truncatedTo(ChronoUnit.MILLIS);
    require(
        !expiresAt.isBefore(fetchedAt) && !expiresAt.isAfter(fetchedAt.plus(LONGEST_LIFE)),
        "expiry: expected at most a year after the fetch of " + fetchedAt + ", found " + expiresAt);
  }

  /**
   * {@return the same, noted as used at another time}
   *
   * @param lastUsed when a message last needed it
   */
  public StoredPolicy usedAt(Instant lastUsed) {
    return new StoredPolicy(domain, id, text, mode, fetchedAt, expiresAt, lastUsed, lastFailure);
  }

  /**
   * {@return the same, with what is known of failures to renew it}
   *
   * @param failure the last failure; empty for none
   */
  public StoredPolicy failedWith(Optional<StoredFailure> failure) {
    return new StoredPolicy(domain, id, text, mode, fetchedAt, expiresAt, lastUsedAt, failure);
  }

  /**
   * {@return whether it is no longer binding at a moment} RFC 8461 §3.2
   *
   * @param moment by the wall clock
   */
  public boolean hasExpiredAt(Instant moment) {
    return !moment.isBefore(expiresAt);
  }

  /** {@return the domain and the times, not the text, so that it is fit for a log} */
  @Override
  public String toString() {
    return "policy of "
        + domain
        + " (mode "
        + mode.label()
        + ", id "
        + id
        + ", fetched "
        + fetchedAt
        + ", valid until "
        + expiresAt
        + ")";
  }

  private static void requireDomain(String domain) {
    require(
        DomainName.of(domain).value().equals(domain),
        "domain: expected lower-case A-labels without trailing dot, found " + domain);
  }

  private static void requireId(String id) {
    // The record's own grammar, and its own message.
    var unused = new StsRecord(id, Map.of(), "", List.of());
  }

  private static void requireText(String text) {
    int octets = text.getBytes(StandardCharsets.UTF_8).length;
    require(
        octets >= 1 && octets <= MOST_TEXT_OCTETS,
        "text: expected 1 to " + MOST_TEXT_OCTETS + " octets, found " + octets);
    // Neither is in any policy that was parsed, and not every database can keep them.
    require(text.indexOf('\0') < 0, "text: expected no NUL, found one at " + text.indexOf('\0'));
    require(
        StandardCharsets.UTF_8.newEncoder().canEncode(text),
        "text: expected what UTF-8 can say, found half a surrogate pair");
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
