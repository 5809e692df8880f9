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
 * What was found of one recipient, or of all, at one host. Immutable, hence thread-safe.
 *
 * @param outcome how it ended
 * @param status an enhanced status code. RFC 3463 §3
 * @param resultType present if TLS or the policy was the reason
 * @param detail what was expected and what was found
 */
record Finding(Outcome outcome, String status, Optional<ResultType> resultType, String detail) {
  private static final String NO_ANSWER = "4.4.1";
  private static final String LOST = "4.4.2";
  private static final String NOT_ACCEPTING = "4.3.2";
  private static final String NO_ENCRYPTION = "4.7.4";
  private static final String BAD_ENCRYPTION = "4.7.5";
  private static final String NOT_AUTHORIZED = "4.7.1";
  private static final String NO_DIRECTORY = "4.4.3";
  private static final String UNREADABLE = "4.6.0";
  private static final int SHOWN = 200;

  private static Finding of(Outcome outcome, String status, String detail) {
    return new Finding(outcome, status, Optional.empty(), detail);
  }

  /** The policy does not list the host, or the sender waits for DNS. */
  static Finding refused(MxDecision decision) {
    boolean byPolicy = decision.resolution() instanceof Resolution.InForce;
    return new Finding(
        Outcome.REFUSED,
        byPolicy ? NOT_AUTHORIZED : NO_DIRECTORY,
        byPolicy ? Optional.of(ResultType.VALIDATION_FAILURE) : Optional.empty(),
        decision.explain());
  }

  static Finding tlsFailed(TlsVerdict verdict) {
    Optional<ResultType> type =
        verdict instanceof TlsVerdict.Rejected rejected
            ? Optional.of(rejected.resultType())
            : Optional.of(ResultType.VALIDATION_FAILURE);
    boolean missing = type.equals(Optional.of(ResultType.STARTTLS_NOT_SUPPORTED));
    return new Finding(
        Outcome.TLS_FAILED, missing ? NO_ENCRYPTION : BAD_ENCRYPTION, type, verdict.detail());
  }

  static Finding unreachable(String detail) {
    return of(Outcome.UNREACHABLE, NO_ANSWER, detail);
  }

  static Finding lost(String mx, Throwable cause) {
    return of(
        Outcome.UNREACHABLE,
        LOST,
        "connection to "
            + mx
            + ": expected an answer, found "
            + text(cause)
            + "; tried again later");
  }

  /** The final dot was sent and no answer came. RFC 1047 tells why that is nobody's fault. */
  static Finding unknown(String mx, Throwable cause) {
    return of(
        Outcome.UNKNOWN,
        LOST,
        "connection to "
            + mx
            + ": expected an answer to the end of the message, found "
            + text(cause)
            + "; the server may have the message or not, so no other host is tried now");
  }

  /** A greeting or EHLO refused: the host speaks for itself there, and not about the message. */
  static Finding notAccepting(String mx, SmtpReply reply) {
    return of(
        Outcome.DEFERRED,
        reply.isTemporary() ? reply.status() : NOT_ACCEPTING,
        said(mx, "a greeting", reply));
  }

  static Finding reply(String mx, String expected, SmtpReply reply) {
    return of(
        reply.isPermanent() ? Outcome.FAILED : Outcome.DEFERRED,
        reply.status(),
        said(mx, expected, reply));
  }

  static Finding closing(String mx, SmtpReply reply) {
    return of(Outcome.UNREACHABLE, reply.status(), said(mx, "to be served", reply));
  }

  /** TLS is missing or broken, by chance or by an attacker's doing, and the host insists on it. */
  static Finding tlsFirst(String mx, SmtpReply reply) {
    return of(
        Outcome.UNREACHABLE,
        NO_ENCRYPTION,
        said(mx, "mail in clear to be taken, as there was no usable TLS", reply));
  }

  static Finding delivered(String mx, SmtpReply reply) {
    return of(Outcome.DELIVERED, reply.status(), mx + " said " + reply.shown());
  }

  /** The file or the folder behind it may be there again later: no server has refused anything. */
  static Finding unreadable(Throwable cause) {
    return of(
        Outcome.DEFERRED,
        UNREADABLE,
        "message: expected content that can be written, found "
            + text(cause)
            + "; if it stays so, it must be mended");
  }

  static Finding noUtf8(String mx) {
    return of(
        Outcome.DEFERRED,
        "4.6.7",
        mx
            + ": expected SMTPUTF8 for a sender, recipient or header beyond ASCII, found it"
            + " missing; the operator of the host must switch it on (RFC 6531 §3.2)");
  }

  private static String said(String mx, String expected, SmtpReply reply) {
    return mx + ": expected " + expected + ", found " + reply.shown();
  }

  private static String text(Throwable cause) {
    String message = cause.getMessage();
    return cause.getClass().getSimpleName()
        + (message == null ? "" : " (" + Excerpt.of(message.strip(), SHOWN) + ")");
  }

  Finding noting(String note) {
    return new Finding(outcome, status, resultType, detail + ". " + note);
  }

  Attempt at(MxDecision decision, Optional<InetAddress> address) {
    return new Attempt(
        decision.mxHost(), address, outcome, decision.requirement(), status, resultType, detail);
  }

  /** Whether the policy, and nothing else, stood in the way. */
  boolean isByPolicy() {
    return outcome == Outcome.REFUSED || outcome == Outcome.TLS_FAILED;
  }

  /** Whether another host, or the same one at another address, may do better. */
  boolean asksForAnotherHost() {
    return outcome == Outcome.UNREACHABLE;
  }
}
