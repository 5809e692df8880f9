// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import io.github.mtasts.x509.PlatformAnchors;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Verifies a certificate chain with the configured trust manager (PKIX). RFC 5280 §6.1
 *
 * <p>If the trust manager accepts a socket or an engine, it gets one: only then does it apply the
 * algorithm constraints of TLS. As thread-safe as the trust manager.
 */
final class ChainVerifier {
  private final X509TrustManager trustManager;

  private ChainVerifier(X509TrustManager trustManager) {
    this.trustManager = trustManager;
  }

  static ChainVerifier of(Optional<X509TrustManager> trustManager) {
    return new ChainVerifier(trustManager.orElseGet(PlatformAnchors::trustManager));
  }

  void verify(X509Certificate[] chain, String authType) throws CertificateException {
    trustManager.checkServerTrusted(chain, authType);
  }

  void verify(X509Certificate[] chain, String authType, SSLSocket socket)
      throws CertificateException {
    if (trustManager instanceof X509ExtendedTrustManager extended) {
      withoutEndpointIdentification(
          socket.getSSLParameters(),
          socket::setSSLParameters,
          () -> extended.checkServerTrusted(chain, authType, socket));
    } else {
      verify(chain, authType);
    }
  }

  void verify(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    if (trustManager instanceof X509ExtendedTrustManager extended) {
      withoutEndpointIdentification(
          engine.getSSLParameters(),
          engine::setSSLParameters,
          () -> extended.checkServerTrusted(chain, authType, engine));
    } else {
      verify(chain, authType);
    }
  }

  /**
   * Turns off the JDK's own name check while the chain is verified. If a caller enabled it, the JDK
   * would accept the common name and partial wildcards, and would reject without a result type. Our
   * own check is stricter and comes next.
   */
  private static void withoutEndpointIdentification(
      SSLParameters parameters, Consumer<SSLParameters> apply, ChainCheck check)
      throws CertificateException {
    String algorithm = parameters.getEndpointIdentificationAlgorithm();
    if (algorithm == null || algorithm.isEmpty()) {
      check.run();
      return;
    }
    parameters.setEndpointIdentificationAlgorithm("");
    apply.accept(parameters);
    try {
      check.run();
    } finally {
      parameters.setEndpointIdentificationAlgorithm(algorithm);
      apply.accept(parameters);
    }
  }
}
