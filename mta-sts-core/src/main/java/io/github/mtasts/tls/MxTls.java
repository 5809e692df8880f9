// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.tls.MxTlsFactory.AutoClose;
import java.io.IOException;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS for one connection attempt to one MX host.
 *
 * <p>Create one with {@link #forDecision} for each connection. Start TLS in one of four ways:
 * {@link #startTls} for a plain socket, {@link #newEngine}, {@link #socketFactory} or {@link
 * #sslContext} for frameworks. If the server does not let you, record it with {@link
 * #startTlsMissing}, {@link #startTlsRefused} or {@link #handshakeFailed}. Before MAIL FROM, check
 * whether the {@link TlsVerdict} blocks. Closing it counts the session for TLS reports.
 *
 * <p>The effect of each requirement:
 *
 * <ul>
 *   <li>{@code ENFORCED}: unless chain and name are valid, the handshake fails with an exception
 *       caused by {@link MxCertificateException}, and nothing can be sent.
 *   <li>{@code TESTING}: the same checks run and are recorded, but no failure is thrown. A host
 *       that the policy does not list is recorded as a failure even if its certificate is valid.
 *       Shadow mode uses this instead of ENFORCED and REFUSED.
 *   <li>{@code OPPORTUNISTIC}: any certificate is accepted, and the verdict is {@code NotJudged}.
 *   <li>{@code REFUSED}: rejected from the start; no handshake succeeds.
 * </ul>
 *
 * <p>The first failure of an attempt is its final verdict: a later success does not change it. TLS
 * 1.2 or newer is required in every case; without a policy this costs nothing, because the JDK
 * disables older versions by default (RFC 9325 §3.1.1). Cipher suites are the JDK's.
 *
 * <p>Thread-safe.
 */
public final class MxTls implements AutoCloseable {
  private static final int MAX_REPLY_LENGTH_SHOWN = 120;

  private final String mx;
  private final TlsAttempt attempt;
  private final MxTrustManager trustManager;
  private final MxTlsFactory tls;

  private MxTls(MxDecision decision) {
    mx = MxName.shown(decision);
    attempt = new TlsAttempt(decision);
    trustManager =
        new MxTrustManager(
            attempt,
            new MxCertificateVerifier(decision),
            ChainVerifier.of(decision.settings().trustManager()));
    tls = new MxTlsFactory(decision, attempt, trustManager);
  }

  /**
   * Prepares TLS for a decision; does not use the network.
   *
   * @param decision whether and how mail may go to the MX host, from {@code Resolution.decide}
   * @return TLS for one attempt; for a REFUSED decision, one that rejects everything
   */
  public static MxTls forDecision(MxDecision decision) {
    return new MxTls(Objects.requireNonNull(decision, "decision"));
  }

  /**
   * Returns the trust manager, for code that builds its own context. It verifies the chain first,
   * then the name.
   *
   * <p>Such code must set SNI itself and create a new context for each connection, because a
   * resumed session does not call a trust manager. It throws {@link MxCertificateException} for
   * ENFORCED and REFUSED, and nothing for TESTING and OPPORTUNISTIC. Endpoint identification has no
   * effect if the caller sets it: this trust manager compares names by its own, stricter rules.
   *
   * @return the same instance at each call
   */
  public X509ExtendedTrustManager trustManager() {
    return trustManager;
  }

  /**
   * Returns a context for frameworks that need one. Its engines and sockets have SNI, protocols and
   * the trust manager set; each has its own session cache, so that none resumes another's session.
   *
   * @return a new context, for clients only
   */
  public SSLContext sslContext() {
    return MxSslContext.of(tls);
  }

  /**
   * Returns a client engine for the MX host, for frameworks such as Netty, with SNI, TLS 1.2 or
   * newer and the trust manager. Pass what its handshake throws to {@link #handshakeFailed}.
   *
   * @return a new engine; call this after the reply 220
   */
  public SSLEngine newEngine() {
    return tls.engine();
  }

  /**
   * Returns a factory for frameworks that need one, such as Jakarta Mail. Its sockets have SNI,
   * protocols and the trust manager set, whatever host name the framework passes. If an unconnected
   * socket is later connected to an address with another name, SNI is that name; the certificate
   * check does not change.
   *
   * @return a factory without state
   */
  public SSLSocketFactory socketFactory() {
    return new MxSocketFactory(tls);
  }

  /**
   * Starts TLS on a connected socket after the reply 220, with a complete handshake.
   *
   * <p>For ENFORCED the socket is returned only if the verdict is {@code Trusted}. Discard what the
   * server said before and send EHLO again (RFC 3207 §4.2). Each read waits as long as the socket's
   * {@code SO_TIMEOUT}; set one, and an outer deadline against a server that sends slowly.
   *
   * @param socket connected, with nothing left to read
   * @return the TLS socket; closing it closes the given socket too
   * @throws IOException if the handshake fails or the certificate is rejected; the verdict is
   *     recorded and both sockets are closed, because neither is usable after an incomplete
   *     handshake
   */
  public SSLSocket startTls(Socket socket) throws IOException {
    try {
      return handshake(socket);
    } catch (IOException | RuntimeException e) {
      handshakeFailed(e);
      closeAfter(e, socket);
      throw e;
    }
  }

  private SSLSocket handshake(Socket socket) throws IOException {
    throwIfBlocked();
    trustManager.expectHandshake();
    SSLSocket tlsSocket = tls.layer(socket, AutoClose.TLS_AND_TCP);
    tlsSocket.startHandshake();
    try {
      trustManager.ensureVerified(tlsSocket.getSession());
    } catch (CertificateException e) {
      throw failed(e);
    }
    return tlsSocket;
  }

  private void throwIfBlocked() throws IOException {
    if (verdict().orElse(null) instanceof TlsVerdict.Rejected rejected && rejected.isBlocking()) {
      throw failed(new MxCertificateException(rejected));
    }
  }

  private static SSLHandshakeException failed(CertificateException cause) {
    SSLHandshakeException failure = new SSLHandshakeException(cause.getMessage());
    failure.initCause(cause);
    return failure;
  }

  private static void closeAfter(Exception failure, Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * Records that the server offers no STARTTLS. RFC 8460 §4.3.1
   *
   * @return the verdict; if it blocks, try the next MX host
   */
  public TlsVerdict startTlsMissing() {
    return attempt.reject(
        ResultType.STARTTLS_NOT_SUPPORTED,
        "STARTTLS at "
            + mx
            + ": expected it among the extensions, found it missing. Either an attacker on the path"
            + " strips it, or the host's operator must enable it.");
  }

  /**
   * Records that the server refused the STARTTLS command, with another reply than 220. RFC 8460
   * §4.3.1
   *
   * @param replyCode the three digits of the reply, such as 454
   * @param reply the text of the reply, with any length and content
   * @return the verdict; if it blocks, try the next MX host
   */
  public TlsVerdict startTlsRefused(int replyCode, String reply) {
    return attempt.reject(
        ResultType.STARTTLS_NOT_SUPPORTED,
        "STARTTLS at "
            + mx
            + ": expected 220, found "
            + replyCode
            + " \""
            + Excerpt.of(reply, MAX_REPLY_LENGTH_SHOWN)
            + "\". Try again later; if it persists, the host's operator must fix its TLS.");
  }

  /**
   * Records that a handshake in your own code failed; {@link #startTls} does this by itself.
   *
   * <p>The classes of the exception and its causes decide: an expired certificate is {@code
   * certificate-expired}, another certificate error {@code certificate-not-trusted}, everything
   * else (an alert, a reset, the end of the stream, plain text, a timeout) {@code
   * validation-failure}.
   *
   * @param cause what was thrown
   * @return the verdict; the earlier one if the trust manager had already found a failure
   */
  public TlsVerdict handshakeFailed(Throwable cause) {
    return attempt.reject(
        HandshakeFailures.typeOf(cause),
        "TLS handshake with "
            + mx
            + ": expected it to complete, found "
            + HandshakeFailures.found(cause)
            + ". Try again later; if it persists, the host's operator must fix its TLS.");
  }

  /**
   * Returns whether mail may be sent to this host without TLS, on a new connection, after TLS
   * failed or was not offered. RFC 7435 §3
   *
   * @return false for ENFORCED and REFUSED, whatever the verdict
   */
  public boolean allowsPlainText() {
    return !attempt.blocks();
  }

  /**
   * Returns the verdict so far.
   *
   * @return empty before a handshake or a recorded failure, unless the decision is REFUSED
   */
  public Optional<TlsVerdict> verdict() {
    return attempt.verdict();
  }

  /**
   * Ends the attempt and reports its result to the listener of the settings. Repeated calls have no
   * effect, and nothing is reported if there is no result.
   *
   * <p>A handshake that started and has no result counts as {@code validation-failure}. Domains
   * without a policy or with mode none are not reported (RFC 8461 §6). Closes no socket. An
   * exception from the listener is logged.
   */
  @Override
  public void close() {
    attempt.close();
  }
}
