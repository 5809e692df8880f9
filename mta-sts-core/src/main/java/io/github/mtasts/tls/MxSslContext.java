// SPDX-License-Identifier: Apache-2.0
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
 * A context for frameworks that need one. Its engines and sockets cannot resume each other's
 * sessions, because each has its own real context. Thread-safe.
 */
final class MxSslContext extends SSLContext {
  private MxSslContext(Spi spi, SSLContext real) {
    super(spi, real.getProvider(), real.getProtocol());
  }

  static SSLContext of(MxTlsFactory tls) {
    SSLContext real = tls.freshContext();
    return new MxSslContext(new Spi(tls, real), real);
  }

  private static final class Spi extends SSLContextSpi {
    private final MxTlsFactory tls;
    private final SSLContext real;

    private Spi(MxTlsFactory tls, SSLContext real) {
      this.tls = tls;
      this.real = real;
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return tls.engine();
    }

    /** Ignores the arguments: the peer is the MX host of the decision. */
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
          "MX context: expected a client, found a call for server sockets; use another context");
    }

    @Override
    protected void engineInit(
        KeyManager @Nullable [] keys,
        TrustManager @Nullable [] trust,
        @Nullable SecureRandom random)
        throws KeyManagementException {
      throw new KeyManagementException(
          "MX context: expected no call of init, found an attempt to replace its trust manager; use"
              + " it as returned");
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
      return tls.configured(
          real.getDefaultSSLParameters(), real.getSupportedSSLParameters().getProtocols());
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      return real.getSupportedSSLParameters();
    }
  }
}
