// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Proxy;
import java.net.Socket;

/**
 * A socket that limits how much the server may send before the client writes again.
 *
 * <p>The SMTP client reads a reply of any length into memory; a server that never ends a line would
 * fill it. Honest replies and the messages of a TLS handshake are far below the limit. Also notices
 * text in clear after the reply to STARTTLS. Ignores a SOCKS proxy of the JVM, so that the allowed
 * address is the one connected to. As thread-safe as any socket.
 */
final class ReplyLimitedSocket extends Socket {
  /** The most octets between two writes: {@value}. RFC 5321 §4.5.3.1.5 allows 512 for a line. */
  static final int MAX_OCTETS = 64 * 1024;

  private static final int FIRST_TLS_RECORD_TYPE = 20;
  private static final int LAST_TLS_RECORD_TYPE = 23;

  private int unansweredOctets; // this and the next two: since the client wrote
  private int unansweredLines;
  private int lastOctet;
  private boolean expectsTls;
  private boolean isInjected;

  ReplyLimitedSocket() {
    super(Proxy.NO_PROXY);
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(super.getInputStream()) {
      @Override
      public int read() throws IOException {
        int octet = super.read();
        if (octet >= 0) {
          received(new byte[] {(byte) octet}, 0, 1);
        }
        return octet;
      }

      @Override
      public int read(byte[] octets, int offset, int length) throws IOException {
        int read = super.read(octets, offset, length);
        received(octets, offset, read);
        return read;
      }
    };
  }

  private synchronized void received(byte[] octets, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      received(octets[i]);
    }
    if (unansweredOctets > MAX_OCTETS) {
      throw new IOException(
          "reply: expected at most " + MAX_OCTETS + " octets, found more; the server is broken");
    }
  }

  private void received(byte octet) {
    if (expectsTls) {
      expectsTls = false;
      isInjected |= octet < FIRST_TLS_RECORD_TYPE || octet > LAST_TLS_RECORD_TYPE;
    }
    unansweredOctets++;
    // The client takes CR, LF and CR LF as the end of a line.
    if (octet == '\r' || (octet == '\n' && lastOctet != '\r')) {
      unansweredLines++;
    }
    lastOctet = octet;
  }

  private synchronized void answered() {
    unansweredOctets = 0;
    unansweredLines = 0;
    lastOctet = 0;
  }

  /**
   * Begins to expect TLS, after the reply to STARTTLS.
   *
   * @param lines of the reply; what the server has sent after them is not TLS
   */
  synchronized void expectTls(long lines) {
    boolean hasMore = unansweredLines > lines || (lastOctet != '\r' && lastOctet != '\n');
    isInjected |= hasMore;
    expectsTls = !hasMore;
  }

  /** Whether the server sent something else than TLS after its reply to STARTTLS. */
  synchronized boolean isInjected() {
    return isInjected;
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return new FilterOutputStream(super.getOutputStream()) {
      @Override
      public void write(int octet) throws IOException {
        answered();
        out.write(octet);
      }

      @Override
      public void write(byte[] octets, int offset, int length) throws IOException {
        answered();
        out.write(octets, offset, length);
      }
    };
  }
}
