package io.github.mtasts.fetch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Puts TLS on the sockets of fetches: a full handshake each time, with the policy host's name.
 *
 * <p>Every socket has a context of its own. With a shared one the JDK resumes sessions, and a
 * resumed session asks no trust manager: a certificate that has expired since would still do.
 * Immutable, hence thread-safe.
 */
final class TlsSockets extends SSLSocketFactory {
  private final X509TrustManager trustManager;
  private final SSLSocketFactory defaults;

  TlsSockets(X509TrustManager trustManager) {
    this.trustManager = trustManager;
    try {
      this.defaults = freshContext().getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("TLS: the JDK's security providers offer none", e);
    }
  }

  private SSLContext freshContext() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {trustManager}, null);
    return context;
  }

  @Override
  public Socket createSocket(Socket plain, String host, int port, boolean autoClose)
      throws IOException {
    SSLSocket socket =
        (SSLSocket) context().getSocketFactory().createSocket(plain, host, port, autoClose);
    SSLParameters parameters = socket.getSSLParameters();
    // RFC 8461 §7.1: SNI is the policy host's name. The JDK leaves SNI out for names that its
    // SNIHostName refuses, such as those with an underscore; the octets themselves always go.
    parameters.setServerNames(List.of(new HostName(host)));
    socket.setSSLParameters(parameters);
    return socket;
  }

  private SSLContext context() throws SSLException {
    try {
      return freshContext();
    } catch (GeneralSecurityException e) {
      throw new SSLException(e);
    }
  }

  /** A host name in ASCII, whatever its letters. RFC 6066 §3 */
  private static final class HostName extends SNIServerName {
    HostName(String host) {
      super(StandardConstants.SNI_HOST_NAME, host.getBytes(StandardCharsets.US_ASCII));
    }
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return defaults.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return defaults.getSupportedCipherSuites();
  }

  // The HTTP client only ever puts TLS on a socket that it has connected itself.

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
