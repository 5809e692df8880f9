// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.tls.MxTls;
import io.github.mtasts.tls.TlsVerdict;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One SMTP connection to one MX host, secured as one decision asks.
 *
 * <p>{@link MxConnector} makes one only if the requirement of the decision is met. Not thread-safe.
 */
final class MxConnection implements AutoCloseable {
  /** The time to close connections. */
  static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  private final MxDecision decision;
  private final InetAddress address;
  private final MxTls tls;
  private final ReplyLimitedSocket socket;
  private final ObservedSmtpTransport smtp;

  MxConnection(
      MxDecision decision,
      InetAddress address,
      MxTls tls,
      ReplyLimitedSocket socket,
      ObservedSmtpTransport smtp) {
    this.decision = decision;
    this.address = address;
    this.tls = tls;
    this.socket = socket;
    this.smtp = smtp;
  }

  InetAddress address() {
    return address;
  }

  MxDecision decision() {
    return decision;
  }

  /** Whether a message under this decision may use the connection. */
  boolean serves(MxDecision wanted, int port) {
    return socket.getPort() == port
        && decision.domain().equals(wanted.domain())
        && decision.mxHost().equals(wanted.mxHost())
        && decision.requirement() == wanted.requirement()
        && policyText(decision).equals(policyText(wanted));
  }

  private static Optional<String> policyText(MxDecision decision) {
    return decision.resolution().policy().map(Policy::text);
  }

  /** Whether the server still answers; RFC 5321 §4.1.1.9. */
  boolean answers(Deadline deadline, TransportOptions options) {
    try {
      // It may be dead; finding that out must not take longer than a new connection.
      prepare(deadline, shorter(options.connectTimeout(), options.replyTimeout()));
      return smtp.answers();
    } catch (SocketException e) {
      return false;
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private void prepare(Deadline deadline, Duration eachReply) throws SocketException {
    deadline.watch(socket);
    socket.setSoTimeout(deadline.leftMillis(eachReply));
  }

  /**
   * Sends the message and returns the outcome for each recipient.
   *
   * @param sender for MAIL FROM; empty for a bounce
   * @param recipients at least one
   */
  Map<Recipient, AttemptOutcome> send(
      MimeMessage message,
      String sender,
      List<Recipient> recipients,
      Deadline deadline,
      TransportOptions options) {
    MailTransaction transaction = new MailTransaction(decision.mxHost(), smtp, recipients);
    if (!mayBeUsed()) {
      return transaction.sameForAll(
          AttemptOutcome.tlsFailed(
              tls.verdict()
                  .orElse(new TlsVerdict.NotJudged("TLS was required, and there was none"))));
    }
    try {
      prepare(deadline, options.replyTimeout());
    } catch (SocketException e) {
      return transaction.sameForAll(AttemptOutcome.connectionLost(decision.mxHost(), e));
    }
    Map<Recipient, AttemptOutcome> outcomes = transaction.run(message, sender);
    shadowNote().ifPresent(note -> outcomes.replaceAll((to, outcome) -> outcome.withNote(note)));
    return outcomes;
  }

  /** In shadow mode, what enforcement would have done. */
  private Optional<String> shadowNote() {
    if (decision.wouldBe() == decision.requirement()) {
      return Optional.empty();
    }
    return decision.wouldBe() == Requirement.REFUSED
        ? Optional.of(decision.explain())
        : tls.verdict()
            .filter(TlsVerdict.Rejected.class::isInstance)
            .map(verdict -> "Shadow mode: would have been refused: " + verdict.detail());
  }

  /** The last check: RFC 8461 §5, in enforce nothing is sent without trusted TLS. */
  private boolean mayBeUsed() {
    return decision.requirement() != Requirement.ENFORCED
        || (smtp.isSSL() && tls.verdict().filter(TlsVerdict.Trusted.class::isInstance).isPresent());
  }

  /** Detaches from the deadline of a delivery that is complete. */
  void release(Deadline deadline) {
    deadline.unwatch(socket);
  }

  /** Sends QUIT without waiting for the reply, and counts the session for TLS reports. */
  @Override
  public void close() {
    try (Deadline deadline = new Deadline(CLOSE_TIMEOUT)) {
      close(deadline);
    }
  }

  /**
   * Closes as {@link #close()} does, before the deadline. When the JDK closes a TLS socket, it
   * reads from the server with the timeout of any other read, and discards what comes.
   */
  void close(Deadline deadline) {
    deadline.watch(socket);
    try {
      smtp.close();
    } catch (MessagingException e) {
      // The connection is lost already, and is closed below.
    } finally {
      closeSocket(deadline);
    }
  }

  private void closeSocket(Deadline deadline) {
    try {
      socket.close();
    } catch (IOException e) {
      // Nothing more can be done.
    } finally {
      deadline.unwatch(socket);
      tls.close();
    }
  }
}
