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
 * One message on one connection: from the server's replies to what became of each recipient.
 *
 * <p>RFC 5321 §3.3. The point of no return is the final dot: before it, whatever breaks leaves the
 * message unsent, and another host may have it; after it, a lost connection leaves it unknown
 * whether the server has the message, and it must not go to another host now. Used once, by one
 * thread.
 */
final class Transaction {
  private static final Logger LOG = System.getLogger(Transaction.class.getName());

  private final String mx;
  private final SmtpConversation smtp;
  private final List<Recipient> recipients;

  Transaction(String mx, SmtpConversation smtp, List<Recipient> recipients) {
    this.mx = mx;
    this.smtp = smtp;
    this.recipients = recipients;
  }

  Map<Recipient, Finding> allAlike(Finding finding) {
    Map<Recipient, Finding> fates = new LinkedHashMap<>();
    recipients.forEach(recipient -> fates.put(recipient, finding));
    return fates;
  }

  Map<Recipient, Finding> run(MimeMessage message, String sender) {
    Map<Recipient, Finding> fates = new LinkedHashMap<>();
    List<Recipient> sendable = new ArrayList<>();
    for (Recipient recipient : recipients) {
      if (recipient.needsUtf8() && !smtp.supportsExtension("SMTPUTF8")) {
        fates.put(recipient, Finding.noUtf8(mx));
      } else {
        sendable.add(recipient);
      }
    }
    if (!sendable.isEmpty()) {
      smtp.begin(sender, sendable.stream().anyMatch(Recipient::needsUtf8));
      fates.putAll(send(message, sendable));
    }
    return fates;
  }

  private Map<Recipient, Finding> send(MimeMessage message, List<Recipient> to) {
    Address[] wire = to.stream().map(Recipient::onTheWire).toArray(Address[]::new);
    try {
      smtp.sendMessage(smtp.converts(message) ? EightBitCopy.of(message) : message, wire);
      return fates(to, Finding.delivered(mx, smtp.lastReply()));
    } catch (VirtualMachineError e) {
      if (!smtp.hasEnded()) {
        throw e; // the message is unsent; who goes on from here is for the transport to decide
      }
      return fates(to, ofTheOthers(e));
    } catch (Throwable e) { // content is anybody's code, and need not keep to what it declares
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      if (!(e instanceof MessagingException)) {
        LOG.log(Level.WARNING, "a message threw while it was written", e);
      }
      return fates(to, ofTheOthers(e));
    }
  }

  private Map<Recipient, Finding> fates(List<Recipient> to, Finding ofTheOthers) {
    Map<Recipient, Finding> fates = new LinkedHashMap<>();
    Iterator<SmtpReply> replies = smtp.repliesToRecipients().iterator();
    for (Recipient recipient : to) {
      Finding ofThis =
          Optional.ofNullable(replies.hasNext() ? replies.next() : null)
              .filter(SmtpReply::isRefusal)
              .map(this::ofOne)
              .orElse(ofTheOthers);
      fates.put(recipient, ofThis);
    }
    return fates;
  }

  private static Throwable cause(Throwable e) {
    return e instanceof MessagingException m && m.getNextException() != null
        ? m.getNextException()
        : e;
  }

  private Finding ofOne(SmtpReply reply) {
    return isOfTheConnection(reply)
        ? ofTheConnection(reply)
        : Finding.reply(mx, "250 to RCPT TO", reply.toRecipient());
  }

  private boolean isOfTheConnection(SmtpReply reply) {
    return reply.endsConnection() || isForWantOfTls(reply);
  }

  private boolean isForWantOfTls(SmtpReply reply) {
    return reply.asksForTls() && !smtp.isSecured();
  }

  private Finding ofTheConnection(SmtpReply reply) {
    return isForWantOfTls(reply) ? Finding.tlsFirst(mx, reply) : Finding.closing(mx, reply);
  }

  /** Those of whom the server has not spoken one by one. */
  private Finding ofTheOthers(Throwable e) {
    if (smtp.hasAccepted()) {
      return Finding.delivered(mx, smtp.lastReply());
    }
    if (e instanceof SMTPSendFailedException failed && failed.getReturnCode() >= 400) {
      SmtpReply reply = SmtpReply.of(failed.getReturnCode(), failed);
      return isOfTheConnection(reply) && !smtp.hasEnded()
          ? ofTheConnection(reply)
          : Finding.reply(mx, "the message to be taken", reply);
    }
    Throwable cause = cause(e);
    if (smtp.hasEnded()) {
      return Finding.unknown(mx, cause);
    }
    // Not even a header or the content can be read, or what a property adds makes no command.
    boolean isOurs =
        !smtp.hasSpoken()
            || smtp.hasBegunData()
            || cause instanceof RuntimeException
            || cause instanceof Error;
    return isOurs && !smtp.hasLostNetwork() ? Finding.unreadable(cause) : Finding.lost(mx, cause);
  }
}
