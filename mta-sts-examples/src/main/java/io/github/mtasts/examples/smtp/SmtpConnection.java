// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.smtp;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads and writes lines on one socket, with one deadline for the whole session.
 *
 * <p>With a timeout per read, a server that sends octets very slowly could hold the sender for
 * ever; so each read gets the remaining time of the session. Octets are read one at a time, without
 * read-ahead: text that an attacker injects after the 220 stays in the socket and breaks the
 * handshake, instead of being read after it. Not for use by several threads.
 */
final class SmtpConnection {
  private static final int MAX_LINE_OCTETS = 4096;
  private static final int MAX_LINES = 128;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final long deadline;

  private SmtpConnection(Socket socket, long deadline) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
    this.deadline = deadline;
  }

  static SmtpConnection over(Socket socket, Duration sessionDeadline) throws IOException {
    return new SmtpConnection(socket, System.nanoTime() + sessionDeadline.toNanos());
  }

  /** Returns the same session, with its remaining time, over a TLS socket layered on top. */
  SmtpConnection continuedOver(Socket layered) throws IOException {
    return new SmtpConnection(layered, deadline);
  }

  Socket socket() {
    return socket;
  }

  void send(String line) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  Reply receive() throws IOException {
    List<String> lines = new ArrayList<>();
    while (lines.size() < MAX_LINES) {
      String line = line();
      int code = code(line);
      lines.add(line.length() > 4 ? line.substring(4) : "");
      if (line.length() == 3 || line.charAt(3) != '-') {
        return new Reply(code, lines);
      }
    }
    throw new IOException("SMTP reply: expected at most " + MAX_LINES + " lines, found more");
  }

  /** Limits the next read of the socket to the remaining time. */
  void limitNextRead() throws IOException {
    long left = (deadline - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw new SocketTimeoutException("SMTP: the session exceeded its deadline");
    }
    socket.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
  }

  private static int code(String line) throws IOException {
    boolean wellFormed =
        line.length() >= 3
            && line.chars().limit(3).allMatch(c -> c >= '0' && c <= '9')
            && (line.length() == 3 || line.charAt(3) == ' ' || line.charAt(3) == '-');
    if (!wellFormed) {
      throw new IOException(
          "SMTP reply: expected three digits and a text, found "
              + line.substring(0, Math.min(line.length(), 80)));
    }
    return Integer.parseInt(line.substring(0, 3));
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (line.length() < MAX_LINE_OCTETS) {
      limitNextRead();
      int octet = in.read();
      if (octet < 0) {
        throw new EOFException("SMTP: expected a reply, found a closed connection");
      }
      if (octet == '\n') {
        return line.toString();
      }
      if (octet != '\r') {
        // Replies are logged and shown on terminals, so control characters are replaced.
        line.append(octet >= 0x20 && octet < 0x7f ? (char) octet : '?');
      }
    }
    throw new IOException("SMTP reply: expected lines of at most " + MAX_LINE_OCTETS + " octets");
  }
}
