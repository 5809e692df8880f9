// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import io.github.mtasts.x509.ServerNames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Adds TLS to the sockets of fetches: a full handshake each time, with the policy host's name.
 *
 * <p>Every socket has its own context. With a shared context the JDK resumes sessions, and a
 * resumed session does not call the trust manager: a certificate that has expired in the meantime
 * would still be accepted. Immutable, hence thread-safe.
 */
final class TlsSocketFactory extends SSLSocketFactory {
  private final X509TrustManager trustManager;
  private final TcpSocketFactory tcpSockets;
  private final SSLSocketFactory defaults;

  TlsSocketFactory(X509TrustManager trustManager, TcpSocketFactory tcpSockets) {
    this.trustManager = trustManager;
    this.tcpSockets = tcpSockets;
    this.defaults = freshContext().getSocketFactory();
  }

  /** A failure is a fault of this JVM, hence no {@link IOException}: that would blame the host. */
  private SSLContext freshContext() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {trustManager}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "TLS: expected a provider of the JDK to support it, found " + e + "; check java.security",
          e);
    }
  }

  /** The method that the HTTP client uses, for a socket that it has connected. */
  @Override
  public Socket createSocket(Socket plain, String host, int port, boolean autoClose)
      throws IOException {
    SSLSocket socket =
        (SSLSocket) freshContext().getSocketFactory().createSocket(plain, host, port, autoClose);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(ServerNames.of(host)); // RFC 8461 §7.1: SNI is the policy host's name
    socket.setSSLParameters(parameters);
    return socket;
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return defaults.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return defaults.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return withTls(tcpSockets.createSocket(host, port), host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return withTls(tcpSockets.createSocket(host, port, localHost, localPort), host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return withTls(tcpSockets.createSocket(host, port), name(host), port);
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return withTls(
        tcpSockets.createSocket(address, port, localAddress, localPort), name(address), port);
  }

  /** The name that the address was created with, or its literal; does no lookup. */
  private static String name(InetAddress address) {
    return new InetSocketAddress(address, 0).getHostString();
  }

  private Socket withTls(Socket plain, String host, int port) throws IOException {
    try {
      return createSocket(plain, host, port, true);
    } catch (IOException | RuntimeException e) {
      plain.close();
      throw e;
    }
  }
}
