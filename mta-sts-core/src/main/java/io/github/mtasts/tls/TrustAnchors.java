package io.github.mtasts.tls;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * PKIX to the trust anchors, by the strongest form that the given trust manager has. RFC 5280 §6.1
 *
 * <p>The form with a socket or an engine also applies the algorithm constraints of TLS, which the
 * form with two arguments leaves out. As thread-safe as the trust manager.
 */
final class TrustAnchors {
  private final X509TrustManager given;

  private TrustAnchors(X509TrustManager given) {
    this.given = given;
  }

  static TrustAnchors of(Optional<X509TrustManager> given) {
    return new TrustAnchors(given.orElseGet(TrustAnchors::ofThePlatform));
  }

  /** Read anew each time, which costs microseconds: the JDK keeps the parsed certificates. */
  private static X509TrustManager ofThePlatform() {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager x509) {
          return x509;
        }
      }
      throw new IllegalStateException(
          "trust anchors: expected an X.509 trust manager from the JDK, found none; give one to the"
              + " resolver's builder");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "trust anchors: expected the JDK to read its own ones, found "
              + e
              + "; give a trust manager to the resolver's builder",
          e);
    }
  }

  void check(X509Certificate[] chain, String authType) throws CertificateException {
    given.checkServerTrusted(chain, authType);
  }

  void check(X509Certificate[] chain, String authType, SSLSocket socket)
      throws CertificateException {
    if (given instanceof X509ExtendedTrustManager extended) {
      withoutIdentification(
          socket.getSSLParameters(),
          socket::setSSLParameters,
          () -> extended.checkServerTrusted(chain, authType, socket));
    } else {
      check(chain, authType);
    }
  }

  void check(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    if (given instanceof X509ExtendedTrustManager extended) {
      withoutIdentification(
          engine.getSSLParameters(),
          engine::setSSLParameters,
          () -> extended.checkServerTrusted(chain, authType, engine));
    } else {
      check(chain, authType);
    }
  }

  /**
   * Keeps the JDK from comparing names. Where a caller has asked for it, the JDK would compare
   * first, take the common name and partial wildcards, and say no without a type; ours is stricter
   * and comes next.
   */
  private static void withoutIdentification(
      SSLParameters asSet, Consumer<SSLParameters> apply, ChainCheck check)
      throws CertificateException {
    String algorithm = asSet.getEndpointIdentificationAlgorithm();
    if (algorithm == null || algorithm.isEmpty()) {
      check.run();
      return;
    }
    asSet.setEndpointIdentificationAlgorithm("");
    apply.accept(asSet);
    try {
      check.run();
    } finally {
      asSet.setEndpointIdentificationAlgorithm(algorithm);
      apply.accept(asSet);
    }
  }
}
