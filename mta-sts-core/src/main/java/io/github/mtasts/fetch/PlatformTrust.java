package io.github.mtasts.fetch;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** The trust anchors of the Java platform. */
final class PlatformTrust {
  private PlatformTrust() {}

  /**
   * Reads them.
   *
   * @throws IllegalStateException if there are none
   */
  static X509TrustManager anchors() {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      for (TrustManager candidate : List.of(factory.getTrustManagers())) {
        if (candidate instanceof X509TrustManager x509) {
          return x509;
        }
      }
      throw new IllegalStateException("trust anchors: expected some for X.509, found none");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("trust anchors: the platform's cannot be read", e);
    }
  }
}
