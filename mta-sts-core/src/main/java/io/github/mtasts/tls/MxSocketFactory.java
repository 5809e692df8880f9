package io.github.mtasts.tls;

import io.github.mtasts.tls.ClientTls.AutoClose;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Sockets for frameworks that want a factory.
 *
 * <p>Whatever host name a framework passes along, SNI and the judge keep to the MX host of the
 * decision. Thread-safe.
 */
final class MxSocketFactory extends SSLSocketFactory {
  private final ClientTls tls;

  MxSocketFactory(ClientTls tls) {
    this.tls = tls;
  }

  @Override
  public Socket createSocket(Socket connected, String host, int port, boolean autoClose)
      throws IOException {
    return tls.layer(connected, autoClose ? AutoClose.UNDERLYING_TOO : AutoClose.TLS_ONLY);
  }

  @Override
  public Socket createSocket() throws IOException {
    return tls.unconnected();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return dial(new InetSocketAddress(host, port), new InetSocketAddress(0));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return dial(new InetSocketAddress(host, port), new InetSocketAddress(localAddress, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return dial(new InetSocketAddress(host, port), new InetSocketAddress(0));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return dial(new InetSocketAddress(host, port), new InetSocketAddress(localAddress, localPort));
  }

  /** In two layers, since a TLS socket that dials takes its SNI from the address dialled. */
  private Socket dial(InetSocketAddress remote, InetSocketAddress local) throws IOException {
    Socket plain = new Socket();
    try {
      plain.bind(local);
      plain.connect(remote);
      return tls.layer(plain, AutoClose.UNDERLYING_TOO);
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
