// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import org.eclipse.angus.mail.smtp.SMTPMessage;

/**
 * A copy of a message that the SMTP client may convert to 8 bits; it changes the object it is
 * given.
 *
 * <p>The caller's message also goes to other hosts, and not all of them accept 8 bits; RFC 6152 §3.
 * The copy keeps the Message-ID, so that all recipients get the same message. Not thread-safe.
 */
final class EightBitCopy extends SMTPMessage {
  private EightBitCopy(MimeMessage source) throws MessagingException {
    super(source);
  }

  /** Copies the envelope settings of the source too; the content is held in memory. */
  static MimeMessage of(MimeMessage source) throws MessagingException {
    EightBitCopy copy = new EightBitCopy(source);
    copy.setAllow8bitMIME(true);
    if (source instanceof SMTPMessage smtp) {
      copy.setEnvelopeFrom(smtp.getEnvelopeFrom());
      copy.setNotifyOptions(smtp.getNotifyOptions());
      copy.setReturnOption(smtp.getReturnOption());
      copy.setSubmitter(smtp.getSubmitter());
      copy.setMailExtension(smtp.getMailExtension());
    }
    return copy;
  }

  @Override
  protected void updateMessageID() {
    // keeps the one of the source
  }
}
