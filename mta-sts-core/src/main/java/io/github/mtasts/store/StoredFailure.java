// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.Excerpt;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;

/**
 * The last failure to renew a stored policy: all nodes of a fleet back off together, and an
 * operator sees the reason.
 *
 * <p>Immutable, hence thread-safe.
 *
 * @param at when it happened, to the millisecond
 * @param failures the number of consecutive failures since the last success; at least 1
 * @param retryAt the earliest time of the next fetch, to the millisecond
 * @param resultType the result type for TLS reports; empty if RFC 8460 defines none
 * @param detail what was expected and what was found; cut to {@value #LONGEST_DETAIL} characters
 */
public record StoredFailure(
    Instant at, int failures, Instant retryAt, Optional<ResultType> resultType, String detail) {

  /** The longest detail that is stored, in characters: {@value}. */
  public static final int LONGEST_DETAIL = 1_000;

  /**
   * Checks the values, cuts times to the millisecond and the detail to its longest length.
   *
   * @param at when it happened
   * @param failures the number of consecutive failures
   * @param retryAt the earliest time of the next fetch
   * @param resultType the result type for TLS reports
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
