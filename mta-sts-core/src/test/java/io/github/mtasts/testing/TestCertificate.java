// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * A certificate of a {@link TestCa} with its private key and the chain that a server sends with it.
 *
 * <p>Immutable, hence thread-safe.
 */
public final class TestCertificate {
  private static final char[] NO_PASSWORD = {};

  private final List<X509Certificate> chain;
  private final PrivateKey privateKey;

  TestCertificate(List<X509Certificate> chain, PrivateKey privateKey) {
    this.chain = List.copyOf(chain);
    this.privateKey = privateKey;
  }

  /**
   * Returns the server's own certificate.
   *
   * @return the first of {@link #chain()}
   */
  public X509Certificate certificate() {
    return chain.get(0);
  }

  /**
   * Returns the chain that the server sends.
   *
   * @return the certificate and the intermediate ones, without the trust anchor
   */
  public List<X509Certificate> chain() {
    return chain;
  }

  /**
   * Returns the key of {@link #certificate()}.
   *
   * @return the private key
   */
  public PrivateKey privateKey() {
    return privateKey;
  }

  /**
   * Creates a TLS context for a server with this certificate only.
   *
   * @return a new one, with the JDK's default protocols
   */
  public SSLContext serverContext() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {keyManager()}, null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("test certificate: expected a TLS context from the JDK", e);
    }
  }

  /**
   * Returns a key manager that presents this certificate, valid or not, to every client.
   *
   * @return the JDK's
   */
  public X509ExtendedKeyManager keyManager() {
    try {
      KeyStore keys = KeyStore.getInstance("JKS"); // PKCS12 spends 10,000 hashes on each key
      keys.load(null, null);
      keys.setKeyEntry("key", privateKey, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
      KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
      factory.init(keys, NO_PASSWORD);
      return (X509ExtendedKeyManager) factory.getKeyManagers()[0];
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("test certificate: expected a key manager from the JDK", e);
    }
  }
}
