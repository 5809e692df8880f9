// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Resolution;
import java.util.Optional;

/**
 * The result of a check of one MX host.
 *
 * @param preference as in the MX record; empty if the host was named on the command line
 * @param decision what the policy requires for this host
 * @param tls the result of the TLS probe; empty without a probe
 */
record MxCheck(Optional<Integer> preference, MxDecision decision, Optional<TlsCheck> tls) {

  /** Returns whether a sender would deliver to this host, as far as the checks show. */
  boolean isUsable() {
    return switch (decision.requirement()) {
      case REFUSED -> false;
      case ENFORCED -> tls.isEmpty() || tls.get().result() == TlsCheck.Result.TRUSTED;
      case TESTING, OPPORTUNISTIC ->
          tls.isEmpty() || tls.get().result() != TlsCheck.Result.UNREACHABLE;
    };
  }

  ExitStatus status() {
    ExitStatus ofDecision =
        switch (decision.requirement()) {
          case REFUSED -> isUndetermined() ? ExitStatus.TEMPORARY : ExitStatus.WRONG;
          // Testing refuses nothing, but enforce would refuse this host.
          case TESTING -> decision.isListed() ? ExitStatus.FINE : ExitStatus.WRONG;
          case ENFORCED, OPPORTUNISTIC -> ExitStatus.FINE;
        };
    return ofDecision.and(tls.map(this::status).orElse(ExitStatus.FINE));
  }

  /** Whether the host is refused only until it is known whether there is a policy. */
  private boolean isUndetermined() {
    return decision.resolution() instanceof Resolution.Undetermined;
  }

  private ExitStatus status(TlsCheck check) {
    return switch (check.result()) {
      case TRUSTED -> ExitStatus.FINE;
      case UNREACHABLE -> ExitStatus.TEMPORARY;
      case REJECTED, NOT_OFFERED ->
          switch (decision.requirement()) {
            case OPPORTUNISTIC -> ExitStatus.FINE;
            case TESTING, ENFORCED -> ExitStatus.WRONG;
            case REFUSED -> isUndetermined() ? ExitStatus.TEMPORARY : ExitStatus.WRONG;
          };
    };
  }
}
