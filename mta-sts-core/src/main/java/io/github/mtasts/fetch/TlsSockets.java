package io.github.mtasts.fetch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
  private final PlainSockets plainSockets;
  private final SSLSocketFactory defaults;

  TlsSockets(X509TrustManager trustManager, PlainSockets plainSockets) {
    this.trustManager = trustManager;
    this.plainSockets = plainSockets;
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

  /** The one that the HTTP client uses, on a socket that it has connected itself. */
  @Override
  public Socket createSocket(Socket plain, String host, int port, boolean autoClose)
      throws IOException {
    SSLSocket socket =
        (SSLSocket) context().getSocketFactory().createSocket(plain, host, port, autoClose);
    if (isName(host, plain)) {
      SSLParameters parameters = socket.getSSLParameters();
      // RFC 8461 §7.1: SNI is the policy host's name. The JDK leaves SNI out for names that its
      // SNIHostName refuses, such as those with an underscore; the octets themselves always go.
      parameters.setServerNames(List.of(new HostName(host)));
      socket.setSSLParameters(parameters);
    }
    return socket;
  }

  /** RFC 6066 §3: an address is no server name. */
  private static boolean isName(String host, Socket connected) {
    InetAddress peer = connected.getInetAddress();
    return peer == null // behind a SOCKS proxy, which is told names only
        || !host.equals(peer.getHostAddress());
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

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return secured(plainSockets.createSocket(host, port), host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return secured(plainSockets.createSocket(host, port, localHost, localPort), host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return secured(plainSockets.createSocket(host, port), name(host), port);
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return secured(
        plainSockets.createSocket(address, port, localAddress, localPort), name(address), port);
  }

  /** The name that the address was made with, or its literal; looks up nothing. */
  private static String name(InetAddress address) {
    return new InetSocketAddress(address, 0).getHostString();
  }

  private Socket secured(Socket plain, String host, int port) throws IOException {
    try {
      return createSocket(plain, host, port, true);
    } catch (IOException | RuntimeException e) {
      plain.close();
      throw e;
    }
  }
}
