package io.github.mtasts.mail;

import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
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
      smtp.begin(sender);
      fates.putAll(send(message, sendable));
    }
    return fates;
  }

  private Map<Recipient, Finding> send(MimeMessage message, List<Recipient> to) {
    Address[] wire = to.stream().map(Recipient::onTheWire).toArray(Address[]::new);
    Map<Recipient, Finding> fates = new LinkedHashMap<>();
    MimeMessage content;
    try {
      content = smtp.converts(message) ? EightBitCopy.of(message) : message;
    } catch (MessagingException e) {
      Finding unreadable = Finding.unreadable(cause(e));
      to.forEach(recipient -> fates.put(recipient, unreadable));
      return fates;
    }
    try {
      smtp.sendMessage(content, wire);
      to.forEach(recipient -> fates.put(recipient, Finding.delivered(mx, smtp.lastReply())));
    } catch (MessagingException e) {
      IdentityHashMap<InternetAddress, SmtpReply> individually = repliesToRecipients(e);
      Finding others = ofTheOthers(e);
      for (Recipient recipient : to) {
        SmtpReply reply = individually.get(recipient.onTheWire());
        fates.put(recipient, reply == null ? others : ofOne(reply));
      }
    }
    return fates;
  }

  private static Throwable cause(MessagingException e) {
    return e.getNextException() == null ? e : e.getNextException();
  }

  private static IdentityHashMap<InternetAddress, SmtpReply> repliesToRecipients(
      MessagingException thrown) {
    IdentityHashMap<InternetAddress, SmtpReply> replies = new IdentityHashMap<>();
    for (Exception e = thrown; e instanceof MessagingException m; e = m.getNextException()) {
      if (e instanceof SMTPAddressFailedException failed && failed.getReturnCode() > 0) {
        SmtpReply reply = SmtpReply.of(failed.getReturnCode(), failed);
        replies.put(failed.getAddress(), reply.toRecipient());
      }
    }
    return replies;
  }

  private Finding ofOne(SmtpReply reply) {
    return isOfTheConnection(reply)
        ? ofTheConnection(reply)
        : Finding.reply(mx, "250 to RCPT TO", reply);
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
  private Finding ofTheOthers(MessagingException e) {
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
    // The content cannot be read, or what a property adds makes no command.
    boolean isOurs = smtp.hasBegunData() || cause instanceof RuntimeException;
    return isOurs && !smtp.hasLostNetwork() ? Finding.unreadable(cause) : Finding.lost(mx, cause);
  }
}
