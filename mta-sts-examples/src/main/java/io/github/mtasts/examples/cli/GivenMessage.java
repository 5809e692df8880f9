package io.github.mtasts.examples.cli;

import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A message that goes out as it came in, whatever it lacks.
 *
 * <p>Jakarta Mail would write headers anew and leave some out, Bcc among them. SMTP needs CRLF at
 * the end of each line, and a second dot before one at the beginning: the transport sees to these.
 */
final class GivenMessage extends MimeMessage {
  private final byte[] octets;

  GivenMessage(Session session, byte[] octets) {
    super(session);
    this.octets = octets.clone();
  }

  /** Whether its header is not ASCII, as only SMTPUTF8 allows. RFC 6532 §3 */
  static boolean hasUtf8Header(byte[] message) {
    int inLine = 0;
    for (byte octet : message) {
      if (octet < 0) {
        return true;
      }
      if (octet == '\n') {
        if (inLine == 0) {
          return false;
        }
        inLine = 0;
      } else if (octet != '\r') {
        inLine++;
      }
    }
    return false;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    out.write(octets);
  }

  @Override
  public void writeTo(OutputStream out, String @Nullable [] ignoredHeaders) throws IOException {
    writeTo(out);
  }
}
