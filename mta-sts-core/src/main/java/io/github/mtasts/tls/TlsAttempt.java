// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.TlsSession;
import java.util.Optional;

/**
 * The state of one connection attempt: what happened so far, and whether it blocks mail.
 *
 * <p>Every result is recorded here, so that one place decides what blocks. Thread-safe.
 */
final class TlsAttempt {
  private static final System.Logger LOG = System.getLogger(TlsAttempt.class.getName());

  private final MxDecision decision;
  private Optional<TlsVerdict> verdict = Optional.empty();
  private boolean started;
  private boolean closed;

  TlsAttempt(MxDecision decision) {
    this.decision = decision;
    if (decision.isRefused()) {
      record(rejected(ResultType.VALIDATION_FAILURE, decision.explain()));
    }
  }

  /** The only difference between testing and enforce. RFC 8461 §5 */
  boolean blocks() {
    return decision.requirement() == Requirement.ENFORCED || decision.isRefused();
  }

  /** Whether a policy asks for TLS, so that the session is checked. */
  boolean isChecked() {
    return decision.requirement() != Requirement.OPPORTUNISTIC;
  }

  /** Records that a handshake starts; without a later result it counts as failed. */
  synchronized void handshakeStarts() {
    started = true;
  }

  synchronized Optional<TlsVerdict> verdict() {
    return verdict;
  }

  TlsVerdict trust(String detail) {
    if (!isChecked()) {
      return record(notChecked("its certificate was not checked."));
    }
    // RFC 8461 §4: the host must be listed too; a valid certificate alone is not enough.
    return decision.isListed()
        ? record(new TlsVerdict.Trusted(detail))
        : record(rejected(ResultType.VALIDATION_FAILURE, decision.explain()));
  }

  TlsVerdict reject(ResultType type, String detail) {
    if (!isChecked()) {
      return record(notChecked(detail));
    }
    // RFC 8461 §4 choice: of two failures the first check's is reported; the mx list comes first.
    return decision.isListed()
        ? record(rejected(type, detail + caveat()))
        : record(rejected(ResultType.VALIDATION_FAILURE, decision.explain() + " Also: " + detail));
  }

  /** Reports to the listener, once, if there was a connection under a policy. RFC 8460 §4.2 */
  void close() {
    if (firstClose()) {
      if (isStarted() && verdict().isEmpty()) {
        reject(
            ResultType.VALIDATION_FAILURE,
            "TLS of "
                + MxName.shown(decision)
                + ": expected a complete handshake, found one that was abandoned. Try again"
                + " later.");
      }
      if (isCounted()) {
        verdict().ifPresent(this::report);
      }
    }
  }

  private synchronized boolean firstClose() {
    boolean first = !closed;
    closed = true;
    return first;
  }

  private synchronized boolean isStarted() {
    return started;
  }

  /** RFC 8461 §6: domains without a policy and with mode none are not reported. */
  private boolean isCounted() {
    return isChecked() && decision.resolution().policy().isPresent();
  }

  private void report(TlsVerdict ended) {
    Optional<ResultType> failure =
        ended instanceof TlsVerdict.Rejected rejected
            ? Optional.of(rejected.resultType())
            : Optional.empty();
    try {
      decision
          .settings()
          .listener()
          .tlsSessionEnded(new TlsSession(decision, failure, ended.detail()));
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.WARNING, "listener: tlsSessionEnded threw; fix it", e);
    }
  }

  private TlsVerdict rejected(ResultType type, String detail) {
    return new TlsVerdict.Rejected(type, detail, blocks());
  }

  /** Says if an override, or shadow mode, is the reason for what blocks mail or would block it. */
  private String caveat() {
    return decision.caveat().map(caveat -> " " + caveat).orElse("");
  }

  private TlsVerdict notChecked(String detail) {
    return new TlsVerdict.NotJudged(
        "no policy applies to mail for " + decision.domain() + " at this host: " + detail);
  }

  /** The first failure is final: a later successful handshake does not change it. */
  private synchronized TlsVerdict record(TlsVerdict latest) {
    TlsVerdict kept = verdict.filter(TlsVerdict.Rejected.class::isInstance).orElse(latest);
    verdict = Optional.of(kept);
    return kept;
  }
}
