// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import java.util.Objects;
import java.util.Optional;

/**
 * How one attempt to secure one connection ended; TLS reports count these. RFC 8460 §4.2
 *
 * <p>Immutable, hence thread-safe.
 *
 * @param decision the decision for this MX host
 * @param failure the result type of the failure; empty if the session meets the policy
 * @param detail what was expected and what was found
 */
public record TlsSession(MxDecision decision, Optional<ResultType> failure, String detail) {
  /**
   * Checks that nothing is null.
   *
   * @param decision the decision for this MX host
   * @param failure the result type of the failure; empty if the session meets the policy
   * @param detail what was expected and what was found
   */
  public TlsSession {
    Objects.requireNonNull(decision, "decision");
    Objects.requireNonNull(failure, "failure");
    Objects.requireNonNull(detail, "detail");
  }
}
