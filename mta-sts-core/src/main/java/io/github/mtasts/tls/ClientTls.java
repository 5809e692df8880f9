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
 * Makes sockets and engines for one MX host: its name as SNI, TLS 1.2 or newer, our judge, and a
 * context of their own each.
 *
 * <p>A context keeps sessions, and a resumed session consults no trust manager; in a fresh one
 * there is nothing to resume. Thread-safe.
 */
final class ClientTls {
  private static final Set<String> OUTDATED = Set.of("SSLv2Hello", "SSLv3", "TLSv1", "TLSv1.1");

  /** Only a label for the session cache; nothing is dialled. */
  private static final int SMTP_PORT = 25;

  private final MxDecision decision;
  private final Attempt attempt;
  private final HandshakeJudge judge;

  ClientTls(MxDecision decision, Attempt attempt, HandshakeJudge judge) {
    this.decision = decision;
    this.attempt = attempt;
    this.judge = judge;
  }

  /** RFC 8461 §7.2, RFC 9325 §3.1.1 */
  static boolean isOutdated(String protocol) {
    return OUTDATED.contains(protocol);
  }

  SSLEngine engine() {
    attempt.begin();
    SSLEngine engine = freshContext().createSSLEngine(decision.mxHost(), SMTP_PORT);
    engine.setUseClientMode(true);
    engine.setSSLParameters(secured(engine.getSSLParameters(), engine.getSupportedProtocols()));
    return engine;
  }

  /** The host that a caller names is ignored: too often it comes from a reverse lookup. */
  SSLSocket layer(Socket connected, AutoClose autoClose) throws IOException {
    attempt.begin();
    return secured(
        freshFactory()
            .createSocket(
                connected,
                decision.mxHost(),
                connected.getPort(),
                autoClose == AutoClose.UNDERLYING_TOO));
  }

  SSLSocket unconnected() throws IOException {
    attempt.begin();
    return secured(freshFactory().createSocket());
  }

  /** A context as the JSSE provider makes it, with the judge in it. */
  SSLContext freshContext() {
    try {
      SSLContext context = newContext(decision.settings().provider());
      context.init(null, new TrustManager[] {judge}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "TLS context: expected the provider to make one, found "
              + e
              + "; give the resolver's builder a provider that has TLS",
          e);
    }
  }

  SSLParameters secured(SSLParameters parameters, String[] supportedProtocols) {
    // Not the defaults: those are what a forgotten system property says.
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

  private SSLSocket secured(Socket made) {
    SSLSocket socket = (SSLSocket) made;
    socket.setUseClientMode(true);
    socket.setSSLParameters(secured(socket.getSSLParameters(), socket.getSupportedProtocols()));
    return socket;
  }

  private static SSLContext newContext(Optional<Provider> provider)
      throws NoSuchAlgorithmException {
    return provider.isPresent()
        ? SSLContext.getInstance("TLS", provider.get())
        : SSLContext.getInstance("TLS");
  }

  /** What closing the TLS socket does to the one under it. */
  enum AutoClose {
    UNDERLYING_TOO,
    TLS_ONLY
  }
}
