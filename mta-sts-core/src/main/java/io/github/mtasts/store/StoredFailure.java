package io.github.mtasts.store;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.Excerpt;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;

/**
 * The last failure to renew a stored policy, so that the nodes of a fleet wait together and an
 * operator sees why.
 *
 * <p>Immutable, hence thread-safe.
 *
 * @param at when it happened, to the millisecond
 * @param failures how many there have been in a row since the last success; at least 1
 * @param retryAt before when the policy host should not be asked again, to the millisecond
 * @param resultType the kind for TLS reports; empty for what RFC 8460 has no word for
 * @param detail what was expected and what was found; cut to {@value #LONGEST_DETAIL} characters
 */
public record StoredFailure(
    Instant at, int failures, Instant retryAt, Optional<ResultType> resultType, String detail) {

  /** The longest detail that is stored, in characters: {@value}. */
  public static final int LONGEST_DETAIL = 1_000;

  /**
   * Checks and trims what it is given.
   *
   * @param at when it happened
   * @param failures how many in a row
   * @param retryAt before when not to ask again
   * @param resultType the kind for TLS reports
   * @param detail what was expected and what was found
   * @throws IllegalArgumentException if {@code failures} is less than 1
   */
  public StoredFailure {
    if (failures < 1) {
      throw new IllegalArgumentException("failures: expected at least 1, found " + failures);
    }
    at = at.truncatedTo(ChronoUnit.MILLIS);
    retryAt = retryAt.truncatedTo(ChronoUnit.MILLIS);
    Objects.requireNonNull(resultType, "resultType");
    detail = Excerpt.of(detail, LONGEST_DETAIL);
  }
}
