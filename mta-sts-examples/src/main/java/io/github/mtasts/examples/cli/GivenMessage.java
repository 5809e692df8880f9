package io.github.mtasts.examples.cli;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

/**
 * A message that goes out as it came in, whatever it lacks.
 *
 * <p>Jakarta Mail would write headers anew and leave some out, Bcc among them. SMTP needs CRLF at
 * the end of each line, and a second dot before one at the beginning: the transport sees to these.
 */
final class GivenMessage extends MimeMessage {
  private final byte[] octets;

  /** With its headers, for whoever has to know whether they need SMTPUTF8. RFC 6531 §3.2 */
  GivenMessage(Session session, byte[] octets) throws MessagingException {
    super(session);
    this.octets = octets.clone();
    this.headers = createInternetHeaders(new ByteArrayInputStream(octets));
  }

  /** All of them: none is left out here. */
  @Override
  public Enumeration<String> getNonMatchingHeaderLines(String @Nullable [] ignoredHeaders)
      throws MessagingException {
    return getAllHeaderLines();
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
