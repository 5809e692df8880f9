// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.x509;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** The trust anchors of the Java platform. Stateless, hence thread-safe. */
public final class PlatformAnchors {
  private PlatformAnchors() {}

  /**
   * Loads the trust anchors. Each call loads them again, which takes microseconds: the JDK keeps
   * the parsed certificates.
   *
   * @return a trust manager that accepts chains to the platform's trust anchors
   * @throws IllegalStateException if the platform has no trust anchors or cannot read them
   */
  public static X509TrustManager trustManager() {
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
          "trust anchors: expected an X.509 trust manager from the JDK, found none; give a trust"
              + " manager to the resolver's builder");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "trust anchors: expected the JDK to read its own, found "
              + e
              + "; give a trust manager to the resolver's builder",
          e);
    }
  }
}
