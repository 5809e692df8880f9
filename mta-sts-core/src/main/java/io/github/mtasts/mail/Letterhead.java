package io.github.mtasts.mail;

import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.Collections;
import org.eclipse.angus.mail.smtp.SMTPMessage;
import org.jspecify.annotations.Nullable;

/**
 * What has to be known of a message before its recipients are sorted. Immutable, hence thread-safe.
 *
 * @param sender for MAIL FROM; empty for a bounce
 * @param needsUtf8 whether the sender or a header is beyond ASCII, which only a server with
 *     SMTPUTF8 takes. RFC 6531 §3.2
 */
record Letterhead(String sender, boolean needsUtf8) {
  /** What the SMTP client leaves out. */
  private static final String[] NOT_SENT = {"Bcc", "Content-Length"};

  /**
   * Reads the header, and no content.
   *
   * @throws MessagingException if it cannot be read, or has no sender that can be written
   */
  static Letterhead of(MimeMessage message, Session session, TransportOptions options)
      throws MessagingException {
    String sender = givenSender(message, session);
    if (sender == null || !Envelope.isOneLine(sender)) {
      throw new MessagingException(
          "sender: expected an address in From or in mail.smtp.from, found "
              + (sender == null ? "none" : "one with control characters"));
    }
    boolean isAscii = Recipient.isAscii(sender);
    if (!isAscii && !options.allowsUtf8()) {
      throw new MessagingException(
          "sender: expected ASCII, found other letters; set mail.mime.allowutf8=true to send for it"
              + " (RFC 6531 §3.3)");
    }
    return new Letterhead(sender, !isAscii || !hasAsciiHeaders(message));
  }

  private static @Nullable String givenSender(MimeMessage message, Session session)
      throws MessagingException {
    String sender = message instanceof SMTPMessage smtp ? smtp.getEnvelopeFrom() : null;
    if (sender == null || sender.isEmpty()) {
      sender = session.getProperty("mail.smtp.from");
    }
    if (sender != null && !sender.isBlank()) {
      return sender.equals("<>") ? "" : sender.strip();
    }
    Address[] from = message.getFrom();
    return from != null && from.length > 0 && from[0] instanceof InternetAddress address
        ? address.getAddress()
        : null;
  }

  /**
   * RFC 6532 §3.2: what is not ASCII is UTF-8. Jakarta Mail writes it as it is, whether or not it
   * was told to allow UTF-8: a message that was read from octets still has those of its headers.
   */
  private static boolean hasAsciiHeaders(MimeMessage message) throws MessagingException {
    return Collections.list(message.getNonMatchingHeaderLines(NOT_SENT)).stream()
        .allMatch(Recipient::isAscii);
  }
}
