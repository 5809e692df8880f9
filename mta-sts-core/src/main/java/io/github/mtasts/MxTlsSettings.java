package io.github.mtasts;

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
 */
public record MxTlsSettings(
    Optional<X509TrustManager> trustManager,
    Optional<Provider> provider,
    ResolverListener listener) {

  /** The JDK's trust anchors and provider, and nobody listening. */
  public static final MxTlsSettings DEFAULT =
      new MxTlsSettings(Optional.empty(), Optional.empty(), new ResolverListener() {});
}
