// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import io.github.mtasts.decision.MxDecision;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * Makes TLS sockets and engines for one MX host, with its name as SNI, TLS 1.2 or newer and our
 * trust manager.
 *
 * <p>Each has its own context. A context caches sessions, and a resumed session does not call the
 * trust manager; a new context has no session to resume. Thread-safe.
 */
final class MxTlsFactory {
  private static final Set<String> OUTDATED = Set.of("SSLv2Hello", "SSLv3", "TLSv1", "TLSv1.1");

  /** Only a key for the session cache; the engine does not connect. */
  private static final int SMTP_PORT = 25;

  private final MxDecision decision;
  private final TlsAttempt attempt;
  private final MxTrustManager trustManager;

  MxTlsFactory(MxDecision decision, TlsAttempt attempt, MxTrustManager trustManager) {
    this.decision = decision;
    this.attempt = attempt;
    this.trustManager = trustManager;
  }

  /** RFC 8461 §7.2, RFC 9325 §3.1.1 */
  static boolean isOutdated(String protocol) {
    return OUTDATED.contains(protocol);
  }

  SSLEngine engine() {
    attempt.handshakeStarts();
    SSLEngine engine = freshContext().createSSLEngine(decision.mxHost(), SMTP_PORT);
    engine.setUseClientMode(true);
    engine.setSSLParameters(configured(engine.getSSLParameters(), engine.getSupportedProtocols()));
    return engine;
  }

  /** Ignores the host name of the caller: it often comes from a reverse lookup. */
  SSLSocket layer(Socket connected, AutoClose autoClose) throws IOException {
    attempt.handshakeStarts();
    return configured(
        freshFactory()
            .createSocket(
                connected,
                decision.mxHost(),
                connected.getPort(),
                autoClose == AutoClose.TLS_AND_TCP));
  }

  SSLSocket unconnected() throws IOException {
    attempt.handshakeStarts();
    return configured(freshFactory().createSocket());
  }

  /** A new context of the JSSE provider, with our trust manager. */
  SSLContext freshContext() {
    try {
      SSLContext context = newContext(decision.settings().provider());
      context.init(null, new TrustManager[] {trustManager}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "TLS context: expected the provider to create one, found "
              + e
              + "; give the resolver's builder a provider that supports TLS",
          e);
    }
  }

  SSLParameters configured(SSLParameters parameters, String[] supportedProtocols) {
    // Not the defaults: a forgotten system property may have changed those.
    parameters.setProtocols(
        Arrays.stream(supportedProtocols)
            .filter(protocol -> !isOutdated(protocol))
            .toArray(String[]::new));
    parameters.setServerNames(MxName.sni(decision));
    return parameters;
  }

  private SSLSocketFactory freshFactory() {
    return freshContext().getSocketFactory();
  }

  private SSLSocket configured(Socket socket) {
    SSLSocket tls = (SSLSocket) socket;
    tls.setUseClientMode(true);
    tls.setSSLParameters(configured(tls.getSSLParameters(), tls.getSupportedProtocols()));
    return tls;
  }

  private static SSLContext newContext(Optional<Provider> provider)
      throws NoSuchAlgorithmException {
    return provider.isPresent()
        ? SSLContext.getInstance("TLS", provider.get())
        : SSLContext.getInstance("TLS");
  }

  /** What closing the TLS socket does to the TCP socket. */
  enum AutoClose {
    TLS_AND_TCP,
    TLS_ONLY
  }
}
