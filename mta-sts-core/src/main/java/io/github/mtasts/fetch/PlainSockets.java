package io.github.mtasts.fetch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import javax.net.SocketFactory;

/**
 * Makes the TCP sockets of fetches.
 *
 * <p>Nagle's algorithm is off: the HTTP client leaves it on, and every fetch would then wait some
 * 40 ms for a delayed acknowledgement. A port other than 443 is put in here, at the last moment, so
 * that URL, Host and SNI stay those of a real fetch. Immutable, hence thread-safe.
 */
final class PlainSockets extends SocketFactory {
  private final int port;

  PlainSockets(int port) {
    this.port = port;
  }

  @Override
  public Socket createSocket() throws SocketException {
    Socket socket = port == OkHttpPolicyFetcher.HTTPS_PORT ? new Socket() : new Redirected(port);
    socket.setTcpNoDelay(true);
    return socket;
  }

  /** Connects to the address that it is told, and to its own port there. */
  private static final class Redirected extends Socket {
    private final int port;

    Redirected(int port) {
      this.port = port;
    }

    @Override
    public void connect(SocketAddress endpoint, int timeoutMillis) throws IOException {
      InetAddress address = ((InetSocketAddress) endpoint).getAddress();
      super.connect(new InetSocketAddress(address, port), timeoutMillis);
    }
  }

  // The HTTP client connects by itself, so that it can cancel; nothing else is asked for.

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(
      InetAddress address, int port, InetAddress localAddress, int localPort) {
    throw new UnsupportedOperationException();
  }
}
