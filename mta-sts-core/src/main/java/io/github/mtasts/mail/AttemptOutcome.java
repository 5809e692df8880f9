// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.mail.DomainDelivery.Attempt;
import io.github.mtasts.mail.DomainDelivery.Outcome;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.tls.TlsVerdict;
import java.net.InetAddress;
import java.util.Optional;

/**
 * How an attempt at one host ended, for one recipient or for all of them. Immutable, hence
 * thread-safe.
 *
 * @param outcome how it ended
 * @param status an enhanced status code. RFC 3463 §3
 * @param resultType present if the policy refused the host or its TLS
 * @param detail what was expected and what was found
 */
record AttemptOutcome(
    Outcome outcome, String status, Optional<ResultType> resultType, String detail) {
  private static final String NO_ANSWER = "4.4.1";
  private static final String CONNECTION_LOST = "4.4.2";
  private static final String SYSTEM = "4.3.0";
  private static final String NOT_ACCEPTING = "4.3.2";
  private static final String NO_ENCRYPTION = "4.7.4";
  private static final String BAD_ENCRYPTION = "4.7.5";
  private static final String NOT_AUTHORIZED = "4.7.1";
  private static final String NO_DIRECTORY = "4.4.3";
  private static final String UNREADABLE = "4.6.0";
  private static final int MAX_CAUSE_LENGTH = 200;

  private static AttemptOutcome of(Outcome outcome, String status, String detail) {
    return new AttemptOutcome(outcome, status, Optional.empty(), detail);
  }

  /** The policy does not list the host, or the sender waits until it knows whether there is one. */
  static AttemptOutcome refused(MxDecision decision) {
    return decision.resolution() instanceof Resolution.Undetermined unknown
        ? of(Outcome.REFUSED, status(unknown.cause()), decision.explain())
        : new AttemptOutcome(
            Outcome.REFUSED,
            NOT_AUTHORIZED,
            Optional.of(ResultType.VALIDATION_FAILURE),
            decision.explain());
  }

  /** RFC 3463 §3.4, §3.5 choice: DNS is a directory; the rest is trouble of this sender. */
  private static String status(Resolution.Undetermined.Cause cause) {
    return switch (cause) {
      case DNS_UNAVAILABLE -> NO_DIRECTORY;
      case BUSY, CLOSING -> NOT_ACCEPTING;
      case STORE_UNAVAILABLE, INTERRUPTED, INTERNAL_ERROR -> SYSTEM;
    };
  }

  static AttemptOutcome tlsFailed(TlsVerdict verdict) {
    Optional<ResultType> type =
        verdict instanceof TlsVerdict.Rejected rejected
            ? Optional.of(rejected.resultType())
            : Optional.of(ResultType.VALIDATION_FAILURE);
    boolean missing = type.equals(Optional.of(ResultType.STARTTLS_NOT_SUPPORTED));
    return new AttemptOutcome(
        Outcome.TLS_FAILED, missing ? NO_ENCRYPTION : BAD_ENCRYPTION, type, verdict.detail());
  }

  static AttemptOutcome unreachable(String detail) {
    return of(Outcome.UNREACHABLE, NO_ANSWER, detail);
  }

  static AttemptOutcome connectionLost(String mx, Throwable cause) {
    return of(
        Outcome.UNREACHABLE,
        CONNECTION_LOST,
        "connection to " + mx + ": expected a reply, found " + text(cause) + "; retry later");
  }

  /** The final dot was sent and no reply came; the server may have the message. RFC 1047 */
  static AttemptOutcome unknown(String mx, Throwable cause) {
    return of(
        Outcome.UNKNOWN,
        CONNECTION_LOST,
        "connection to "
            + mx
            + ": expected a reply to the end of the message, found "
            + text(cause)
            + "; the server may have the message or not, so no other host is tried now");
  }

  /** A refused greeting or EHLO concerns the host, not the message. */
  static AttemptOutcome notAccepting(String mx, SmtpReply reply) {
    return of(
        Outcome.DEFERRED,
        reply.isTemporary() ? reply.status() : NOT_ACCEPTING,
        found(mx, "a greeting", reply));
  }

  static AttemptOutcome reply(String mx, String expected, SmtpReply reply) {
    return of(
        reply.isPermanent() ? Outcome.FAILED : Outcome.DEFERRED,
        reply.status(),
        found(mx, expected, reply));
  }

  static AttemptOutcome closing(String mx, SmtpReply reply) {
    return of(Outcome.UNREACHABLE, reply.status(), found(mx, "it to accept commands", reply));
  }

  /** The host requires TLS, and TLS is missing or broken, by a fault or by an attack. */
  static AttemptOutcome tlsRequiredByHost(String mx, SmtpReply reply) {
    return of(
        Outcome.UNREACHABLE,
        NO_ENCRYPTION,
        found(mx, "it to accept mail in clear, as its TLS was not usable", reply));
  }

  static AttemptOutcome delivered(String mx, SmtpReply reply) {
    return of(Outcome.DELIVERED, reply.status(), mx + " said " + reply.shown());
  }

  /** No server refused anything, and the file or folder of the message may be readable later. */
  static AttemptOutcome unreadable(Throwable cause) {
    return of(
        Outcome.DEFERRED,
        UNREADABLE,
        "message: expected content that can be read, found "
            + text(cause)
            + "; if this persists, correct the message");
  }

  static AttemptOutcome noUtf8(String mx) {
    return of(
        Outcome.DEFERRED,
        "4.6.7",
        mx
            + ": expected SMTPUTF8 for a sender, recipient or header that is not ASCII, found it"
            + " missing; the operator of the host must enable it (RFC 6531 §3.2)");
  }

  private static String found(String mx, String expected, SmtpReply reply) {
    return mx + ": expected " + expected + ", found " + reply.shown();
  }

  private static String text(Throwable cause) {
    String message = cause.getMessage();
    return cause.getClass().getSimpleName()
        + (message == null ? "" : " (" + Excerpt.of(message.strip(), MAX_CAUSE_LENGTH) + ")");
  }

  AttemptOutcome withNote(String note) {
    return new AttemptOutcome(outcome, status, resultType, detail + ". " + note);
  }

  Attempt at(MxDecision decision, Optional<InetAddress> address) {
    return new Attempt(
        decision.mxHost(), address, outcome, decision.requirement(), status, resultType, detail);
  }

  /** Whether the policy, or not knowing it, blocked the host, and nothing else. */
  boolean isByPolicy() {
    return outcome == Outcome.REFUSED || outcome == Outcome.TLS_FAILED;
  }
}
