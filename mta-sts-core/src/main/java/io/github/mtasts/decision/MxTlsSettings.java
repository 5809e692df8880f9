// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import java.security.Provider;
import java.util.Optional;
import javax.net.ssl.X509TrustManager;

/**
 * How handshakes with MX hosts are judged; set once in the resolver's builder and carried by each
 * decision.
 *
 * @param trustManager the trust anchors for MX hosts; empty means the JDK's default ones
 * @param provider whose {@code SSLContext} to use; empty means the JDK's preferred provider
 * @param listener hears how each session ended
 * @param enforcement whether what a policy asks for is insisted on
 */
public record MxTlsSettings(
    Optional<X509TrustManager> trustManager,
    Optional<Provider> provider,
    ResolverListener listener,
    Enforcement enforcement) {

  /** The JDK's trust anchors and provider, and nobody listening. */
  public static final MxTlsSettings DEFAULT =
      new MxTlsSettings(Optional.empty(), Optional.empty(), new ResolverListener() {});

  /**
   * Insists on what policies ask for.
   *
   * @param trustManager the trust anchors for MX hosts; empty means the JDK's default ones
   * @param provider whose {@code SSLContext} to use; empty means the JDK's preferred provider
   * @param listener hears how each session ended
   */
  public MxTlsSettings(
      Optional<X509TrustManager> trustManager,
      Optional<Provider> provider,
      ResolverListener listener) {
    this(trustManager, provider, listener, Enforcement.LIVE);
  }

  boolean isShadow() {
    return enforcement == Enforcement.SHADOW;
  }
}
