// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * A trust manager of the user has thrown something else than its verdict, a certificate exception.
 *
 * <p>JSSE wraps that in the exception that it also throws for a host that breaks TLS. This type
 * tells the two apart.
 */
final class TrustManagerFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private TrustManagerFailure(RuntimeException cause) {
    super(cause.toString(), cause);
  }

  /** A trust manager of the same kind, because JSSE checks more for one that is not extended. */
  static X509TrustManager marking(X509TrustManager given) {
    return given instanceof X509ExtendedTrustManager extended
        ? new Extended(extended)
        : new Plain(given);
  }

  private interface Check {
    void run() throws CertificateException;
  }

  private static void mark(Check check) throws CertificateException {
    try {
      check.run();
    } catch (RuntimeException e) {
      throw new TrustManagerFailure(e);
    }
  }

  private record Plain(X509TrustManager given) implements X509TrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      mark(() -> given.checkServerTrusted(chain, authType));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      mark(() -> given.checkClientTrusted(chain, authType));
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return given.getAcceptedIssuers();
    }
  }

  private static final class Extended extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager given;

    Extended(X509ExtendedTrustManager given) {
      this.given = given;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      mark(() -> given.checkServerTrusted(chain, authType, socket));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      mark(() -> given.checkServerTrusted(chain, authType, engine));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      mark(() -> given.checkServerTrusted(chain, authType));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      mark(() -> given.checkClientTrusted(chain, authType, socket));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
        throws CertificateException {
      mark(() -> given.checkClientTrusted(chain, authType, engine));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      mark(() -> given.checkClientTrusted(chain, authType));
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return given.getAcceptedIssuers();
    }
  }
}
