package io.github.mtasts.mail;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import org.eclipse.angus.mail.smtp.SMTPMessage;

/**
 * A message for the SMTP client to turn into 8 bits, which it does to the very object it is given.
 *
 * <p>The caller's own goes to other hosts too, and not all of them take 8 bits; RFC 6152 §3. The
 * copy keeps the Message-ID, so that all recipients have the same message. Not safe for use by
 * several threads.
 */
final class EightBitCopy extends SMTPMessage {
  private EightBitCopy(MimeMessage source) throws MessagingException {
    super(source);
  }

  /** With what the source says of its envelope; the text is held in memory. */
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
    // as it is
  }
}
