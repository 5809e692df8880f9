// SPDX-License-Identifier: Apache-2.0
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
 * A message that is sent unchanged, even if headers are missing.
 *
 * <p>Jakarta Mail would rewrite headers and omit some, for example Bcc. The transport still
 * converts line ends to CRLF and doubles a dot at the start of a line, as SMTP requires.
 */
final class RawMessage extends MimeMessage {
  private final byte[] octets;

  /** Also parses the headers: the transport checks whether they need SMTPUTF8. RFC 6531 §3.2 */
  RawMessage(Session session, byte[] octets) throws MessagingException {
    super(session);
    this.octets = octets.clone();
    this.headers = createInternetHeaders(new ByteArrayInputStream(octets));
  }

  /** Returns all header lines; none is ignored. */
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
