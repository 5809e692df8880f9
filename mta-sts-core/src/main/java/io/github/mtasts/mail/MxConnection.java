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
 * <p>Made by {@link MxDialer} only when what the decision asks was seen. Not safe for use by
 * several threads.
 */
final class MxConnection implements AutoCloseable {
  /** How long the other side may take to let us go. */
  static final Duration GOODBYE = Duration.ofSeconds(1);

  private final MxDecision decision;
  private final InetAddress address;
  private final MxTls tls;
  private final ReplyLimitedSocket socket;
  private final SmtpConversation smtp;

  MxConnection(
      MxDecision decision,
      InetAddress address,
      MxTls tls,
      ReplyLimitedSocket socket,
      SmtpConversation smtp) {
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

  /** Whether a message may go under the new decision to where the old one has led. */
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
      // It may be long gone; to find that out must not take longer than to make a new one.
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
   * Sends, and says of each recipient what became of them.
   *
   * @param sender for MAIL FROM; empty for a bounce
   * @param recipients at least one
   */
  Map<Recipient, Finding> send(
      MimeMessage message,
      String sender,
      List<Recipient> recipients,
      Deadline deadline,
      TransportOptions options) {
    Transaction transaction = new Transaction(decision.mxHost(), smtp, recipients);
    if (!mayBeUsed()) {
      return transaction.allAlike(
          Finding.tlsFailed(
              tls.verdict()
                  .orElse(new TlsVerdict.NotJudged("TLS was asked for, and none was seen"))));
    }
    try {
      prepare(deadline, options.replyTimeout());
    } catch (SocketException e) {
      return transaction.allAlike(Finding.lost(decision.mxHost(), e));
    }
    Map<Recipient, Finding> fates = transaction.run(message, sender);
    wouldHaveBeen().ifPresent(note -> fates.replaceAll((to, finding) -> finding.noting(note)));
    return fates;
  }

  /** In shadow mode a delivery tells what would have become of it. */
  private Optional<String> wouldHaveBeen() {
    if (decision.wouldBe() == decision.requirement()) {
      return Optional.empty();
    }
    return decision.wouldBe() == Requirement.REFUSED
        ? Optional.of(decision.explain())
        : tls.verdict()
            .filter(TlsVerdict.Rejected.class::isInstance)
            .map(verdict -> "Shadow mode: would have been refused: " + verdict.detail());
  }

  /** The last line of defence: RFC 8461 §5, nothing is sent in enforce unless TLS stands. */
  private boolean mayBeUsed() {
    return decision.requirement() != Requirement.ENFORCED
        || (smtp.isSSL() && tls.verdict().filter(TlsVerdict.Trusted.class::isInstance).isPresent());
  }

  /** Leaves the deadline of the delivery that is done. */
  void release(Deadline deadline) {
    deadline.unwatch(socket);
  }

  /** Says QUIT, without waiting for the answer, and counts the session for TLS reports. */
  @Override
  public void close() {
    try (Deadline goodbye = new Deadline(GOODBYE)) {
      close(goodbye);
    }
  }

  /**
   * Closes as {@link #close()} does, in so much time and no more. The JDK waits for a word of the
   * server when it closes a TLS socket, as long as for any reply, and swallows whatever comes.
   */
  void close(Deadline goodbye) {
    goodbye.watch(socket);
    try {
      smtp.close();
    } catch (MessagingException e) {
      // The connection was lost already, and is to be closed anyway.
    } finally {
      hangUp(goodbye);
    }
  }

  private void hangUp(Deadline goodbye) {
    try {
      socket.close();
    } catch (IOException e) {
      // Nothing more can be done for it.
    } finally {
      goodbye.unwatch(socket);
      tls.close();
    }
  }
}
