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
 * Lines to and from one socket under one deadline for everything.
 *
 * <p>A time-out per read would let a server that sends one octet now and then hold the sender for
 * ever; so each read gets what is left of the whole. Octets are read one at a time and nothing is
 * read ahead: whatever an attacker sends behind the 220 stays in the socket, where it breaks the
 * handshake instead of being believed after it. Not for use by several threads.
 */
final class Wire {
  private static final int LONGEST_LINE = 4096;
  private static final int MOST_LINES = 128;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final long deadline;

  private Wire(Socket socket, long deadline) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
    this.deadline = deadline;
  }

  static Wire over(Socket socket, Duration forEverything) throws IOException {
    return new Wire(socket, System.nanoTime() + forEverything.toNanos());
  }

  /** The same conversation, and what is left of its time, over a TLS socket layered on top. */
  Wire continuedOver(Socket layered) throws IOException {
    return new Wire(layered, deadline);
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
    while (lines.size() < MOST_LINES) {
      String line = line();
      int code = code(line);
      lines.add(line.length() > 4 ? line.substring(4) : "");
      if (line.length() == 3 || line.charAt(3) != '-') {
        return new Reply(code, lines);
      }
    }
    throw new IOException("SMTP reply: expected at most " + MOST_LINES + " lines, found more");
  }

  /** Gives whatever reads the socket next no more time than is left. */
  void limitNextRead() throws IOException {
    long left = (deadline - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw new SocketTimeoutException("SMTP: the server took too long");
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
    while (line.length() < LONGEST_LINE) {
      limitNextRead();
      int octet = in.read();
      if (octet < 0) {
        throw new EOFException("SMTP: the server closed the connection");
      }
      if (octet == '\n') {
        return line.toString();
      }
      if (octet != '\r') {
        // What a server says ends in logs and on terminals: no control characters, no escapes.
        line.append(octet >= 0x20 && octet < 0x7f ? (char) octet : '?');
      }
    }
    throw new IOException("SMTP reply: expected lines of at most " + LONGEST_LINE + " octets");
  }
}
