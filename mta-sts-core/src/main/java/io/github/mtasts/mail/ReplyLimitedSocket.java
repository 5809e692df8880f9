// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Proxy;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A socket that limits how much the server may send before the client writes again.
 *
 * <p>The SMTP client reads a reply of any length into memory; a server that never ends a line would
 * fill it. Honest replies and the messages of a TLS handshake are far below the limit. Ignores a
 * SOCKS proxy of the JVM, so that the allowed address is the one connected to. As thread-safe as
 * any socket.
 */
final class ReplyLimitedSocket extends Socket {
  /** The most octets between two writes: {@value}. RFC 5321 §4.5.3.1.5 allows 512 for a line. */
  static final int MAX_OCTETS = 64 * 1024;

  private final AtomicInteger unanswered = new AtomicInteger();

  ReplyLimitedSocket() {
    super(Proxy.NO_PROXY);
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(super.getInputStream()) {
      @Override
      public int read() throws IOException {
        int octet = super.read();
        count(octet < 0 ? 0 : 1);
        return octet;
      }

      @Override
      public int read(byte[] octets, int offset, int length) throws IOException {
        int read = super.read(octets, offset, length);
        count(Math.max(0, read));
        return read;
      }
    };
  }

  private void count(int octets) throws IOException {
    if (unanswered.addAndGet(octets) > MAX_OCTETS) {
      throw new IOException(
          "reply: expected at most " + MAX_OCTETS + " octets, found more; the server is broken");
    }
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return new FilterOutputStream(super.getOutputStream()) {
      @Override
      public void write(int octet) throws IOException {
        unanswered.set(0);
        out.write(octet);
      }

      @Override
      public void write(byte[] octets, int offset, int length) throws IOException {
        unanswered.set(0);
        out.write(octets, offset, length);
      }
    };
  }
}
