// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Optional;
import javax.net.SocketFactory;

/**
 * Makes the TCP sockets of fetches.
 *
 * <p>Nagle's algorithm is off: the HTTP client leaves it on, and every fetch would wait about 40 ms
 * for a delayed acknowledgement. The JVM's proxies are not used: by default a socket asks the
 * {@link java.net.ProxySelector} for a SOCKS proxy, which would then connect for us. A port other
 * than 443 is set here, when the socket connects, so that URL, Host and SNI stay those of a real
 * fetch. Immutable, hence thread-safe.
 */
final class TcpSocketFactory extends SocketFactory {
  private final int port;

  TcpSocketFactory(int port) {
    this.port = port;
  }

  /** The method that the HTTP client uses; it connects the socket itself, to be able to cancel. */
  @Override
  public Socket createSocket() throws NoSocketException {
    Socket socket =
        port == OkHttpPolicyFetcher.HTTPS_PORT ? new Socket(Proxy.NO_PROXY) : new OtherPort(port);
    try {
      socket.setTcpNoDelay(true); // opens the socket
      return socket;
    } catch (SocketException e) {
      throw new NoSocketException(e);
    }
  }

  /** Connects to the given address, but to its own port there. */
  private static final class OtherPort extends Socket {
    private final int port;

    OtherPort(int port) {
      super(Proxy.NO_PROXY);
      this.port = port;
    }

    @Override
    public void connect(SocketAddress endpoint, int timeoutMillis) throws IOException {
      InetSocketAddress target = (InetSocketAddress) endpoint;
      if (target.isUnresolved()) { // without an address, the socket would connect to this machine
        throw new UnknownHostException(target.getHostString());
      }
      super.connect(new InetSocketAddress(target.getAddress(), port), timeoutMillis);
    }
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port), Optional.empty());
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return connected(new InetSocketAddress(host, port), local(localHost, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port), Optional.empty());
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return connected(new InetSocketAddress(address, port), local(localAddress, localPort));
  }

  private static Optional<SocketAddress> local(InetAddress address, int port) {
    return Optional.of(new InetSocketAddress(address, port));
  }

  private Socket connected(InetSocketAddress remote, Optional<SocketAddress> local)
      throws IOException {
    Socket socket = createSocket();
    try {
      if (local.isPresent()) {
        socket.bind(local.get());
      }
      socket.connect(remote);
      return socket;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }
}
