package io.github.mtasts.testing;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * A certificate of a {@link TestCa} with its private key and the chain that a server sends with it.
 *
 * <p>Immutable, hence thread-safe.
 */
public final class TestCertificate {
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
   * Returns what the server sends.
   *
   * @return the certificate and the intermediate ones, without the trust anchor
   */
  public List<X509Certificate> chain() {
    return chain;
  }

  /**
   * Returns the key that belongs to {@link #certificate()}.
   *
   * @return the private key
   */
  public PrivateKey privateKey() {
    return privateKey;
  }

  /**
   * Makes a context for a server that has this certificate and no other.
   *
   * @return a fresh one, with the JDK's default protocols
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
   * Returns a key manager that presents this certificate whatever the client asks for, which is how
   * the servers one must not trust behave.
   *
   * @return one for servers; it has nothing for clients
   */
  public X509ExtendedKeyManager keyManager() {
    return new SniKeys(this, Map.of());
  }
}
