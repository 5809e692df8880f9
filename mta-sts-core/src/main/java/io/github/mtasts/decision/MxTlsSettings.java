// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import java.security.Provider;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.X509TrustManager;

/**
 * How TLS handshakes with MX hosts are verified and reported; set in the resolver's builder and
 * part of each decision.
 *
 * <p>Immutable, hence thread-safe.
 *
 * @param trustManager verifies certificate chains of MX hosts; empty for the JDK's trust anchors
 * @param provider the provider of the {@code SSLContext}; empty for the JDK's preferred one
 * @param listener receives an event for each session that has ended
 * @param enforcement whether a policy can block mail
 */
public record MxTlsSettings(
    Optional<X509TrustManager> trustManager,
    Optional<Provider> provider,
    ResolverListener listener,
    Enforcement enforcement) {

  /** The JDK's trust anchors and provider, and no listener. */
  public static final MxTlsSettings DEFAULT =
      new MxTlsSettings(Optional.empty(), Optional.empty(), new ResolverListener() {});

  /**
   * Checks that nothing is null.
   *
   * @param trustManager verifies certificate chains of MX hosts; empty for the JDK's trust anchors
   * @param provider the provider of the {@code SSLContext}; empty for the JDK's preferred one
   * @param listener receives an event for each session that has ended
   * @param enforcement whether a policy can block mail
   */
  public MxTlsSettings {
    Objects.requireNonNull(trustManager, "trustManager");
    Objects.requireNonNull(provider, "provider");
    Objects.requireNonNull(listener, "listener");
    Objects.requireNonNull(enforcement, "enforcement");
  }

  /**
   * Creates settings under which policies can block mail.
   *
   * @param trustManager verifies certificate chains of MX hosts; empty for the JDK's trust anchors
   * @param provider the provider of the {@code SSLContext}; empty for the JDK's preferred one
   * @param listener receives an event for each session that has ended
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
