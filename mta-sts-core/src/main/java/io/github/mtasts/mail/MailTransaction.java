// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;

/**
 * One message on one connection: turns the server's replies into an outcome for each recipient.
 *
 * <p>RFC 5321 §3.3. The final dot is the point of no return: if anything fails before it, the
 * message is unsent, and another host may get it; if the connection is lost after it, the server
 * may have the message or not, and no other host may get it now. Used once, by one thread.
 */
final class MailTransaction {
  private static final Logger LOG = System.getLogger(MailTransaction.class.getName());

  private final String mx;
  private final ObservedSmtpTransport smtp;
  private final List<Recipient> recipients;

  MailTransaction(String mx, ObservedSmtpTransport smtp, List<Recipient> recipients) {
    this.mx = mx;
    this.smtp = smtp;
    this.recipients = recipients;
  }

  Map<Recipient, AttemptOutcome> sameForAll(AttemptOutcome outcome) {
    Map<Recipient, AttemptOutcome> outcomes = new LinkedHashMap<>();
    recipients.forEach(recipient -> outcomes.put(recipient, outcome));
    return outcomes;
  }

  Map<Recipient, AttemptOutcome> run(MimeMessage message, String sender) {
    Map<Recipient, AttemptOutcome> outcomes = new LinkedHashMap<>();
    List<Recipient> sendable = new ArrayList<>();
    for (Recipient recipient : recipients) {
      if (recipient.needsUtf8() && !smtp.supportsExtension("SMTPUTF8")) {
        outcomes.put(recipient, AttemptOutcome.noUtf8(mx));
      } else {
        sendable.add(recipient);
      }
    }
    if (!sendable.isEmpty()) {
      smtp.begin(sender, sendable.stream().anyMatch(Recipient::needsUtf8));
      outcomes.putAll(send(message, sendable));
    }
    return outcomes;
  }

  private Map<Recipient, AttemptOutcome> send(MimeMessage message, List<Recipient> to) {
    Address[] wire = to.stream().map(Recipient::onTheWire).toArray(Address[]::new);
    try {
      smtp.sendMessage(smtp.converts(message) ? EightBitCopy.of(message) : message, wire);
      return outcomes(to, AttemptOutcome.delivered(mx, smtp.lastReply()));
    } catch (VirtualMachineError e) {
      if (!smtp.hasSentMessage()) {
        throw e; // the message is unsent; the transport decides what happens next
      }
      return outcomes(to, messageOutcome(e));
    } catch (Throwable e) { // content is the caller's code, and may throw what it does not declare
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      if (!(e instanceof MessagingException)) {
        LOG.log(Level.WARNING, "a message threw an exception while it was written", e);
      }
      return outcomes(to, messageOutcome(e));
    }
  }

  /** The outcome by the reply to RCPT TO if that is a refusal, else by the whole message. */
  private Map<Recipient, AttemptOutcome> outcomes(List<Recipient> to, AttemptOutcome ofMessage) {
    Map<Recipient, AttemptOutcome> outcomes = new LinkedHashMap<>();
    Iterator<SmtpReply> replies = smtp.recipientReplies().iterator();
    for (Recipient recipient : to) {
      AttemptOutcome outcome =
          Optional.ofNullable(replies.hasNext() ? replies.next() : null)
              .filter(SmtpReply::isRefusal)
              .map(this::recipientOutcome)
              .orElse(ofMessage);
      outcomes.put(recipient, outcome);
    }
    return outcomes;
  }

  private static Throwable cause(Throwable e) {
    return e instanceof MessagingException m && m.getNextException() != null
        ? m.getNextException()
        : e;
  }

  private AttemptOutcome recipientOutcome(SmtpReply reply) {
    return concernsConnection(reply)
        ? connectionOutcome(reply)
        : AttemptOutcome.reply(mx, "250 to RCPT TO", reply.toRecipient());
  }

  private boolean concernsConnection(SmtpReply reply) {
    return reply.endsConnection() || isMissingTls(reply);
  }

  private boolean isMissingTls(SmtpReply reply) {
    return reply.asksForTls() && !smtp.isSecured();
  }

  private AttemptOutcome connectionOutcome(SmtpReply reply) {
    return isMissingTls(reply)
        ? AttemptOutcome.tlsRequiredByHost(mx, reply)
        : AttemptOutcome.closing(mx, reply);
  }

  /** The outcome for recipients whose RCPT TO was not refused. */
  private AttemptOutcome messageOutcome(Throwable e) {
    if (smtp.hasDelivered()) {
      return AttemptOutcome.delivered(mx, smtp.lastReply());
    }
    if (e instanceof SMTPSendFailedException failed && failed.getReturnCode() >= 400) {
      SmtpReply reply = SmtpReply.of(failed.getReturnCode(), failed);
      return concernsConnection(reply) && !smtp.hasSentMessage()
          ? connectionOutcome(reply)
          : AttemptOutcome.reply(mx, "it to accept the message", reply);
    }
    Throwable cause = cause(e);
    if (smtp.hasSentMessage()) {
      return AttemptOutcome.unknown(mx, cause);
    }
    // A header or the content cannot be read, or a property makes a command invalid.
    boolean isOurs =
        !smtp.hasSentCommand()
            || smtp.hasBegunData()
            || cause instanceof RuntimeException
            || cause instanceof Error;
    return isOurs && !smtp.hasLostConnection()
        ? AttemptOutcome.unreadable(cause)
        : AttemptOutcome.connectionLost(mx, cause);
  }
}
