// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import io.github.mtasts.tls.MxTlsFactory.AutoClose;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Makes sockets for frameworks that need a factory.
 *
 * <p>SNI and the certificate check always use the MX host of the decision, whatever host name the
 * framework passes. Thread-safe.
 */
final class MxSocketFactory extends SSLSocketFactory {
  private final MxTlsFactory tls;

  MxSocketFactory(MxTlsFactory tls) {
    this.tls = tls;
  }

  @Override
  public Socket createSocket(Socket connected, String host, int port, boolean autoClose)
      throws IOException {
    return tls.layer(connected, autoClose ? AutoClose.TLS_AND_TCP : AutoClose.TLS_ONLY);
  }

  @Override
  public Socket createSocket() throws IOException {
    return tls.unconnected();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connect(new InetSocketAddress(host, port), new InetSocketAddress(0));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return connect(
        new InetSocketAddress(host, port), new InetSocketAddress(localAddress, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connect(new InetSocketAddress(host, port), new InetSocketAddress(0));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return connect(
        new InetSocketAddress(host, port), new InetSocketAddress(localAddress, localPort));
  }

  /** Connects the TCP socket first: a TLS socket that connects takes its SNI from the address. */
  private Socket connect(InetSocketAddress remote, InetSocketAddress local) throws IOException {
    Socket plain = new Socket();
    try {
      plain.bind(local);
      plain.connect(remote);
      return tls.layer(plain, AutoClose.TLS_AND_TCP);
    } catch (IOException | RuntimeException e) {
      plain.close();
      throw e;
    }
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return tls.freshContext().getDefaultSSLParameters().getCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return tls.freshContext().getSupportedSSLParameters().getCipherSuites();
  }
}
