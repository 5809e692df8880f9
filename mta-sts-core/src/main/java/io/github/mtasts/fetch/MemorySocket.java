// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.util.Map;
import javax.net.SocketFactory;
import javax.net.ssl.HandshakeCompletedListener;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * A TLS socket without network and TLS: connects to nothing, then has received a canned response.
 *
 * <p>For {@link HttpLinkage}. What is not overridden fails. Not thread-safe, except for closing.
 */
final class MemorySocket extends SSLSocket {
  private static final String PROTOCOL = "TLSv1.3";
  private static final String CIPHER_SUITE = "TLS_AES_128_GCM_SHA256";

  private final InputStream response;
  private final SSLSession session;
  private volatile boolean connected;
  private volatile boolean closed;

  private MemorySocket(String response, Certificate certificate) {
    this.response = new ByteArrayInputStream(response.getBytes(StandardCharsets.US_ASCII));
    Map<String, Object> answers =
        Map.of(
            "getProtocol",
            PROTOCOL,
            "getCipherSuite",
            CIPHER_SUITE,
            "getPeerCertificates",
            new Certificate[] {certificate},
            "getLocalCertificates",
            new Certificate[0],
            "isValid",
            true);
    this.session =
        (SSLSession)
            Proxy.newProxyInstance(
                MemorySocket.class.getClassLoader(),
                new Class<?>[] {SSLSession.class},
                (proxy, method, arguments) -> answers.get(method.getName()));
  }

  /** Makes these sockets; only by the method that the HTTP client uses. */
  static final class Factory extends SocketFactory {
    private final String response;
    private final Certificate certificate;

    /**
     * Creates a factory.
     *
     * @param response what each socket receives
     * @param certificate what each peer shows
     */
    Factory(String response, Certificate certificate) {
      this.response = response;
      this.certificate = certificate;
    }

    @Override
    public Socket createSocket() {
      return new MemorySocket(response, certificate);
    }

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

  /** Takes each of these sockets as the TLS socket over itself. */
  static final class TlsFactory extends SSLSocketFactory {
    @Override
    public Socket createSocket(Socket plain, String host, int port, boolean autoClose) {
      return plain;
    }

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

    @Override
    public String[] getDefaultCipherSuites() {
      return new String[] {CIPHER_SUITE};
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return getDefaultCipherSuites();
    }
  }

  @Override
  public void connect(SocketAddress endpoint, int timeoutMillis) {
    connected = true;
  }

  @Override
  public boolean isConnected() {
    return connected;
  }

  @Override
  public InputStream getInputStream() {
    return response;
  }

  @Override
  public OutputStream getOutputStream() {
    return OutputStream.nullOutputStream();
  }

  @Override
  public void setSoTimeout(int millis) {}

  @Override
  public int getSoTimeout() {
    return 0;
  }

  @Override
  public synchronized void close() {
    closed = true;
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void startHandshake() {}

  @Override
  public SSLSession getSession() {
    return session;
  }

  /** No protocol was chosen by ALPN. */
  @Override
  public String getApplicationProtocol() {
    return "";
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return new String[] {CIPHER_SUITE};
  }

  @Override
  public String[] getEnabledCipherSuites() {
    return getSupportedCipherSuites();
  }

  @Override
  public void setEnabledCipherSuites(String[] suites) {}

  @Override
  public String[] getSupportedProtocols() {
    return new String[] {PROTOCOL};
  }

  @Override
  public String[] getEnabledProtocols() {
    return getSupportedProtocols();
  }

  @Override
  public void setEnabledProtocols(String[] protocols) {}

  @Override
  public void addHandshakeCompletedListener(HandshakeCompletedListener listener) {}

  @Override
  public void removeHandshakeCompletedListener(HandshakeCompletedListener listener) {}

  @Override
  public void setUseClientMode(boolean client) {}

  @Override
  public boolean getUseClientMode() {
    return true;
  }

  @Override
  public void setNeedClientAuth(boolean need) {}

  @Override
  public boolean getNeedClientAuth() {
    return false;
  }

  @Override
  public void setWantClientAuth(boolean want) {}

  @Override
  public boolean getWantClientAuth() {
    return false;
  }

  @Override
  public void setEnableSessionCreation(boolean create) {}

  @Override
  public boolean getEnableSessionCreation() {
    return true;
  }
}
