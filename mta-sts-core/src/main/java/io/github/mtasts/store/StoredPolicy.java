// SPDX-License-Identifier: Apache-2.0
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
 * A policy as a store keeps it: the text as fetched, its id, the fetch time and the expiry.
 *
 * <p>The constructor accepts only values that this library would have stored. It does not parse the
 * text; the resolver does, and checks the mode, because it knows how strictly to read. Times are
 * cut to the millisecond. Immutable, hence thread-safe.
 *
 * @param domain the policy domain: lower-case A-labels, no trailing dot
 * @param id the id under which it was fetched, 1 to 32 ASCII letters and digits. RFC 8461 §3.1
 * @param text the policy file as fetched, 1 to {@value #MOST_TEXT_OCTETS} octets of UTF-8 without
 *     NUL
 * @param mode the mode in the text, for lists
 * @param fetchedAt the last successful fetch, by the wall clock. RFC 8461 §3.2
 * @param expiresAt the first moment at which it is no longer valid; not before {@code fetchedAt}
 *     (equal for a max_age of 0) and at most a year and a day after it. RFC 8461 §3.2
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

  /** The version of the stored format; a row with a higher version is unreadable: {@value}. */
  public static final int FORMAT_VERSION = 1;

  /** The longest policy text in octets of UTF-8: {@value}. RFC 8461 §3.3 */
  public static final int MOST_TEXT_OCTETS = 65_536;

  private static final Duration LONGEST_VALIDITY =
      Duration.ofSeconds(Policy.LONGEST_MAX_AGE_SECONDS).plusDays(1);

  /**
   * Checks the values and cuts times to the millisecond.
   *
   * @param domain the policy domain
   * @param id the id under which it was fetched
   * @param text the policy file as fetched
   * @param mode the mode in the text
   * @param fetchedAt the last successful fetch
   * @param expiresAt the first moment at which it is no longer valid
   * @param lastUsedAt when a message last needed it
   * @param lastFailure the last failure to renew it
   * @throws IllegalArgumentException if a value is one that this library never stores
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
        !expiresAt.isBefore(fetchedAt) && !expiresAt.isAfter(fetchedAt.plus(LONGEST_VALIDITY)),
        "expiry: expected not before the fetch of "
            + fetchedAt
            + " and at most a year and a day after it, found "
            + expiresAt);
  }

  /**
   * {@return a copy with another time of last use}
   *
   * @param lastUsed when a message last needed it
   */
  public StoredPolicy usedAt(Instant lastUsed) {
    return new StoredPolicy(domain, id, text, mode, fetchedAt, expiresAt, lastUsed, lastFailure);
  }

  /**
   * {@return a copy with another last failure}
   *
   * @param failure the last failure; empty for none
   */
  public StoredPolicy failedWith(Optional<StoredFailure> failure) {
    return new StoredPolicy(domain, id, text, mode, fetchedAt, expiresAt, lastUsedAt, failure);
  }

  /**
   * Returns the row to write if this policy is saved, by the rules of {@link PolicyStore#save}.
   *
   * @param stored the stored row; empty for none
   * @param now the time, by the caller's wall clock
   * @return this policy, with the later of both times of last use; empty if the stored row stays
   */
  public Optional<StoredPolicy> replacing(Optional<StoredRow> stored, Instant now) {
    if (!(stored.orElse(null) instanceof StoredPolicy old)) {
      return Optional.of(this);
    }
    Instant latestTrusted = now.plusSeconds(PolicyStore.FUTURE_TOLERANCE_SECONDS);
    if (!old.fetchedAt.isBefore(fetchedAt) && !old.fetchedAt.isAfter(latestTrusted)) {
      return Optional.empty();
    }
    boolean wasUsedLater =
        old.lastUsedAt.isAfter(lastUsedAt) && !old.lastUsedAt.isAfter(latestTrusted);
    return Optional.of(wasUsedLater ? usedAt(old.lastUsedAt) : this);
  }

  /**
   * {@return whether it has expired at a given time} RFC 8461 §3.2
   *
   * @param moment the time, by the wall clock
   */
  public boolean hasExpiredAt(Instant moment) {
    return !moment.isBefore(expiresAt);
  }

  /** {@return the domain, mode, id and times without the text, safe for a log} */
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
    // StsRecord checks the grammar of the id and throws its own message.
    var unused = new StsRecord(id, Map.of(), "", List.of());
  }

  private static void requireText(String text) {
    int octets = text.getBytes(StandardCharsets.UTF_8).length;
    require(
        octets >= 1 && octets <= MOST_TEXT_OCTETS,
        "text: expected 1 to " + MOST_TEXT_OCTETS + " octets, found " + octets);
    // No parsed policy contains either, and not every database can store them.
    require(text.indexOf('\0') < 0, "text: expected no NUL, found one at " + text.indexOf('\0'));
    require(
        StandardCharsets.UTF_8.newEncoder().canEncode(text),
        "text: expected valid Unicode, found an unpaired surrogate");
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
