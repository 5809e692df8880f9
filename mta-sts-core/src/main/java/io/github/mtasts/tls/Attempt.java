package io.github.mtasts.tls;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.TlsSession;
import java.util.Optional;

/**
 * What is known so far about one connection attempt, and what it means under its decision.
 *
 * <p>Every finding comes through here, so there is one place that knows what blocks. Thread-safe.
 */
final class Attempt {
  private static final System.Logger LOG = System.getLogger(Attempt.class.getName());

  private final MxDecision decision;
  private Optional<TlsVerdict> verdict = Optional.empty();
  private boolean begun;
  private boolean closed;

  Attempt(MxDecision decision) {
    this.decision = decision;
    if (decision.isRefused()) {
      record(rejected(ResultType.VALIDATION_FAILURE, decision.explain()));
    }
  }

  /** The one difference between testing and enforce. RFC 8461 §5 */
  boolean blocks() {
    return decision.requirement() == Requirement.ENFORCED || decision.isRefused();
  }

  boolean judges() {
    return decision.requirement() != Requirement.OPPORTUNISTIC;
  }

  /** A handshake is about to be made; if nothing more is heard of it, it has failed. */
  synchronized void begin() {
    begun = true;
  }

  synchronized Optional<TlsVerdict> verdict() {
    return verdict;
  }

  TlsVerdict trust(String detail) {
    if (!judges()) {
      return record(notJudged("its certificate was not looked at."));
    }
    // RFC 8461 §4: both must hold, and a good certificate does not put a host on the list.
    return decision.isListed()
        ? record(new TlsVerdict.Trusted(detail))
        : record(rejected(ResultType.VALIDATION_FAILURE, decision.explain()));
  }

  TlsVerdict reject(ResultType type, String detail) {
    if (!judges()) {
      return record(notJudged(detail));
    }
    // RFC 8461 §4 choice: of two failures the first step's is reported, and the list comes first.
    return decision.isListed()
        ? record(rejected(type, detail + caveat()))
        : record(rejected(ResultType.VALIDATION_FAILURE, decision.explain() + " Also: " + detail));
  }

  /** Tells the listener, once, if anything was tried under a policy. RFC 8460 §4.2 */
  void close() {
    if (firstClose()) {
      if (begun() && verdict().isEmpty()) {
        reject(
            ResultType.VALIDATION_FAILURE,
            "TLS of "
                + MxName.shown(decision)
                + ": expected a complete handshake, found one that was given up. Try again later.");
      }
      if (isCounted()) {
        verdict().ifPresent(this::tell);
      }
    }
  }

  private synchronized boolean firstClose() {
    boolean first = !closed;
    closed = true;
    return first;
  }

  private synchronized boolean begun() {
    return begun;
  }

  /** RFC 8461 §6: nothing is reported of a domain without a policy, nor under mode none. */
  private boolean isCounted() {
    return judges() && decision.resolution().policy().isPresent();
  }

  private void tell(TlsVerdict ended) {
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
      LOG.log(System.Logger.Level.WARNING, "listener: tlsSessionEnded threw; mend it", e);
    }
  }

  private TlsVerdict rejected(ResultType type, String detail) {
    return new TlsVerdict.Rejected(type, detail, blocks());
  }

  /** What blocks mail, or would, says on whose word. */
  private String caveat() {
    return decision.caveat().map(caveat -> " " + caveat).orElse("");
  }

  private TlsVerdict notJudged(String detail) {
    return new TlsVerdict.NotJudged(
        "no policy binds mail for " + decision.domain() + " at this host: " + detail);
  }

  /** The first failure stays: what a good second handshake shows does not undo it. */
  private synchronized TlsVerdict record(TlsVerdict found) {
    TlsVerdict stays = verdict.filter(TlsVerdict.Rejected.class::isInstance).orElse(found);
    verdict = Optional.of(stays);
    return stays;
  }
}
