package io.github.mtasts.examples.cli;

import io.github.mtasts.decision.MxDecision;
import java.util.Optional;

/**
 * What was found out about one MX host.
 *
 * @param preference as in the MX record; empty where the host was named on the command line
 * @param decision whether mail may go there
 * @param tls what a probe saw; empty without one
 */
record MxFinding(Optional<Integer> preference, MxDecision decision, Optional<TlsFinding> tls) {

  /** Whether a sender would hand mail to this host, as far as is known. */
  boolean isUsable() {
    return switch (decision.requirement()) {
      case REFUSED -> false;
      case ENFORCED -> tls.isEmpty() || tls.get().outcome() == TlsFinding.Outcome.TRUSTED;
      case TESTING, OPPORTUNISTIC ->
          tls.isEmpty() || tls.get().outcome() != TlsFinding.Outcome.UNREACHABLE;
    };
  }

  ExitStatus status() {
    ExitStatus ofDecision =
        switch (decision.requirement()) {
          case REFUSED -> ExitStatus.WRONG;
          // Nothing is refused in testing, but this host would be under enforce.
          case TESTING -> decision.isListed() ? ExitStatus.FINE : ExitStatus.WRONG;
          case ENFORCED, OPPORTUNISTIC -> ExitStatus.FINE;
        };
    return ofDecision.and(tls.map(this::status).orElse(ExitStatus.FINE));
  }

  private ExitStatus status(TlsFinding found) {
    return switch (found.outcome()) {
      case TRUSTED -> ExitStatus.FINE;
      case UNREACHABLE -> ExitStatus.TEMPORARY;
      case REJECTED, NOT_OFFERED ->
          switch (decision.requirement()) {
            case OPPORTUNISTIC -> ExitStatus.FINE;
            case TESTING, ENFORCED, REFUSED -> ExitStatus.WRONG;
          };
    };
  }
}
