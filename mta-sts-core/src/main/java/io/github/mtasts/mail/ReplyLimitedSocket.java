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
 * A socket whose other side may say only so much before it is answered.
 *
 * <p>The SMTP client reads a reply into memory whatever its length; a server that never ends a line
 * would fill it. An honest reply, and an honest flight of a TLS handshake, are far below the limit.
 * Goes past a SOCKS proxy of the JVM: the vetted address is the one dialled. As thread-safe as any
 * socket.
 */
final class ReplyLimitedSocket extends Socket {
  /** The most octets between two of ours: {@value}. RFC 5321 §4.5.3.1.5 asks for 512 a line. */
  static final int MOST_OCTETS = 64 * 1024;

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
    if (unanswered.addAndGet(octets) > MOST_OCTETS) {
      throw new IOException(
          "reply: expected at most " + MOST_OCTETS + " octets, found more; the server is broken");
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
