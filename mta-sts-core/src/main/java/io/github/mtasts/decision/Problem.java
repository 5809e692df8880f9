// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What prevented a fresh result.
 *
 * <p>Immutable, hence thread-safe.
 *
 * @param resultType the result type for TLS reports; empty for what RFC 8460 has no type for, such
 *     as DNS that does not answer
 * @param detail what was expected and what was found
 * @param since the time of the first failure in the current unbroken series
 */
public record Problem(Optional<ResultType> resultType, String detail, Instant since) {
  /**
   * Checks that nothing is null.
   *
   * @param resultType the result type for TLS reports; empty if there is none
   * @param detail what was expected and what was found
   * @param since the time of the first failure in the current unbroken series
   */
  public Problem {
    Objects.requireNonNull(resultType, "resultType");
    Objects.requireNonNull(detail, "detail");
    Objects.requireNonNull(since, "since");
  }
}
