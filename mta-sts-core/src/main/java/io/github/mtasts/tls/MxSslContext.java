package io.github.mtasts.tls;

import java.security.KeyManagementException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A context for frameworks that want one, whose engines and sockets cannot resume each other's
 * sessions, because behind it each has a context of its own. Thread-safe.
 */
final class MxSslContext extends SSLContext {
  private MxSslContext(Spi spi, SSLContext real) {
    super(spi, real.getProvider(), real.getProtocol());
  }

  static SSLContext of(ClientTls tls) {
    SSLContext real = tls.freshContext();
    return new MxSslContext(new Spi(tls, real), real);
  }

  private static final class Spi extends SSLContextSpi {
    private final ClientTls tls;
    private final SSLContext real;

    private Spi(ClientTls tls, SSLContext real) {
      this.tls = tls;
      this.real = real;
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return tls.engine();
    }

    /** The peer is the MX host of the decision, whatever is passed here. */
    @Override
    protected SSLEngine engineCreateSSLEngine(@Nullable String host, int port) {
      return tls.engine();
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return new MxSocketFactory(tls);
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      throw new UnsupportedOperationException(
          "MX context: expected a client, found a wish for server sockets; use another context");
    }

    @Override
    protected void engineInit(
        KeyManager @Nullable [] keys,
        TrustManager @Nullable [] trust,
        @Nullable SecureRandom random)
        throws KeyManagementException {
      throw new KeyManagementException(
          "MX context: expected to be used as it is, found an attempt to replace its judge");
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return real.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return real.getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
      return tls.secured(
          real.getDefaultSSLParameters(), real.getSupportedSSLParameters().getProtocols());
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      return real.getSupportedSSLParameters();
    }
  }
}
