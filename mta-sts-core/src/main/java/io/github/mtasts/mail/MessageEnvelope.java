// SPDX-License-Identifier: Apache-2.0
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
 * The part of the SMTP envelope that is the same for all recipients. Immutable, hence thread-safe.
 *
 * @param sender for MAIL FROM; empty for a bounce
 * @param needsUtf8 whether the sender or a header is not ASCII, which only a server with SMTPUTF8
 *     accepts. RFC 6531 §3.2
 */
record MessageEnvelope(String sender, boolean needsUtf8) {
  /** Headers that the SMTP client does not send. */
  private static final String[] NOT_SENT = {"Bcc", "Content-Length"};

  /**
   * Reads the headers, not the content.
   *
   * @throws MessagingException if they cannot be read, or the sender is missing or not usable
   */
  static MessageEnvelope of(MimeMessage message, Session session, TransportOptions options)
      throws MessagingException {
    String sender = givenSender(message, session);
    if (sender == null || !RecipientsByDomain.isOneLine(sender)) {
      throw new MessagingException(
          "sender: expected an address in From or in mail.smtp.from, found "
              + (sender == null ? "none" : "one with control characters"));
    }
    boolean isAscii = Recipient.isAscii(sender);
    if (!isAscii && !options.allowsUtf8()) {
      throw new MessagingException(
          "sender: expected ASCII, found other characters; set mail.mime.allowutf8=true to send"
              + " them (RFC 6531 §3.3)");
    }
    return new MessageEnvelope(sender, !isAscii || !hasAsciiHeaders(message));
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
   * RFC 6532 §3.2: what is not ASCII is UTF-8. Jakarta Mail writes headers as they are, even when
   * {@code allowutf8} is off: a message that was parsed from octets keeps the octets of its
   * headers.
   */
  private static boolean hasAsciiHeaders(MimeMessage message) throws MessagingException {
    return Collections.list(message.getNonMatchingHeaderLines(NOT_SENT)).stream()
        .allMatch(Recipient::isAscii);
  }
}
