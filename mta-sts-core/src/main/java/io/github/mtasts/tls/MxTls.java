package io.github.mtasts.tls;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.tls.ClientTls.AutoClose;
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
 * <p>Make one with {@link #forDecision} for each connection, secure the connection in one of four
 * ways ({@link #startTls} for a plain socket, {@link #newEngine}, {@link #socketFactory} or {@link
 * #sslContext} for frameworks), say so where the server does not let you ({@link #startTlsMissing},
 * {@link #startTlsRefused}, {@link #handshakeFailed}), ask whether the {@link TlsVerdict} blocks
 * before MAIL FROM, and close this, which is what counts the session for TLS reports.
 *
 * <p>What the requirement of the decision means here:
 *
 * <ul>
 *   <li>{@code ENFORCED}: the handshake ends in an exception caused by {@link
 *       MxCertificateException} unless chain and name stand; nothing can be sent over it.
 *   <li>{@code TESTING}: the same is found and recorded, and nothing is thrown for it. A host that
 *       the policy does not list is recorded as a failure, however good its certificate. Shadow
 *       mode asks for this instead of ENFORCED and REFUSED.
 *   <li>{@code OPPORTUNISTIC}: any certificate will do, and the verdict is {@code NotJudged}.
 *   <li>{@code REFUSED}: rejected from the start; no handshake succeeds.
 * </ul>
 *
 * <p>The first failure of an attempt is its verdict: nothing that follows turns it into a success.
 * TLS 1.2 or newer is asked for in every case; that is no loss without a policy, as the JDK has the
 * older ones switched off by default (RFC 9325 §3.1.1). Cipher suites are the JDK's.
 *
 * <p>Thread-safe, though one attempt is seldom the work of more than one thread.
 */
public final class MxTls implements AutoCloseable {
  private static final int REPLY_SHOWN = 120;

  private final String mx;
  private final Attempt attempt;
  private final HandshakeJudge judge;
  private final ClientTls tls;

  private MxTls(MxDecision decision) {
    mx = MxName.shown(decision);
    attempt = new Attempt(decision);
    judge =
        new HandshakeJudge(
            attempt,
            new CertificateJudge(decision),
            TrustAnchors.of(decision.settings().trustManager()));
    tls = new ClientTls(decision, attempt, judge);
  }

  /**
   * Prepares TLS as the decision asks; no network.
   *
   * @param decision whether and how mail may go to the MX host, from {@code Resolution.decide}
   * @return TLS for one attempt; under a REFUSED decision one that rejects everything
   */
  public static MxTls forDecision(MxDecision decision) {
    return new MxTls(Objects.requireNonNull(decision, "decision"));
  }

  /**
   * Returns the judge, for code that builds its own context: chain first, then the name.
   *
   * <p>Such code must set SNI itself and make a fresh context for each connection, because a
   * resumed session asks no trust manager. Throws {@link MxCertificateException} under ENFORCED and
   * REFUSED, nothing under TESTING and OPPORTUNISTIC. Endpoint identification, if the caller has
   * set it, adds nothing: the judge compares names by its own, stricter rules.
   *
   * @return the same one each time
   */
  public X509ExtendedTrustManager trustManager() {
    return judge;
  }

  /**
   * Returns a context for frameworks that want one. Its engines and sockets carry SNI, protocols
   * and the judge; each has a session cache of its own, so that none resumes another's session.
   *
   * @return a fresh one; it makes clients only
   */
  public SSLContext sslContext() {
    return MxSslContext.of(tls);
  }

  /**
   * Returns a client engine for the MX host, for Netty and the like, with SNI, TLS 1.2 or newer and
   * the judge. Report what its handshake throws by {@link #handshakeFailed}.
   *
   * @return a fresh one, to be made after the 220
   */
  public SSLEngine newEngine() {
    return tls.engine();
  }

  /**
   * Returns a factory for frameworks that want one, Jakarta Mail among them. Its sockets carry SNI,
   * protocols and the judge whatever host name the framework passes. An unconnected one that is
   * later connected to an address with another name asks for that name by SNI; the judge does not
   * change.
   *
   * @return a factory without state
   */
  public SSLSocketFactory socketFactory() {
    return new MxSocketFactory(tls);
  }

  /**
   * Layers TLS over a connected socket after the 220 and shakes hands.
   *
   * <p>Under ENFORCED the socket is returned only if the verdict is {@code Trusted}. Forget what
   * the server said before and greet it anew (RFC 3207 §4.2). Waits as long as the socket's {@code
   * SO_TIMEOUT} for each read; set one, and an outer deadline against a server that drips.
   *
   * @param socket connected, with nothing left to read
   * @return the TLS socket; closing it closes the given one too
   * @throws IOException if the handshake fails or the certificate does not stand; the verdict is
   *     recorded and both sockets are closed, since after a half-done handshake neither is of use
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
    refuseIfBlocked();
    judge.expectHandshake();
    SSLSocket secured = tls.layer(socket, AutoClose.UNDERLYING_TOO);
    secured.startHandshake();
    try {
      judge.ensureJudged(secured.getSession());
    } catch (CertificateException e) {
      throw failed(e);
    }
    return secured;
  }

  private void refuseIfBlocked() throws IOException {
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
   * @return the verdict; if it blocks, go to the next MX host
   */
  public TlsVerdict startTlsMissing() {
    return attempt.reject(
        ResultType.STARTTLS_NOT_SUPPORTED,
        "STARTTLS at "
            + mx
            + ": expected it among the extensions, found it missing. Either somebody on the path"
            + " strips it, or the host's operator must switch it on.");
  }

  /**
   * Records that the server answered STARTTLS with something else than 220. RFC 8460 §4.3.1
   *
   * @param replyCode three digits as they came, such as 454
   * @param reply the text as it came, of any length and content
   * @return the verdict; if it blocks, go to the next MX host
   */
  public TlsVerdict startTlsRefused(int replyCode, String reply) {
    return attempt.reject(
        ResultType.STARTTLS_NOT_SUPPORTED,
        "STARTTLS at "
            + mx
            + ": expected 220, found "
            + replyCode
            + " \""
            + Excerpt.of(reply, REPLY_SHOWN)
            + "\". Try again later; if it stays so, the host's operator must mend its TLS.");
  }

  /**
   * Records that a handshake done elsewhere failed; {@link #startTls} does this by itself.
   *
   * <p>Only classes are looked at, the causes included: a certificate past its date is {@code
   * certificate-expired}, another certificate error {@code certificate-not-trusted}, everything
   * else (an alert, a reset, the end of the stream, plain text, a time-out) {@code
   * validation-failure}.
   *
   * @param cause what was thrown
   * @return the verdict; the earlier one, if the judge had already found a failure
   */
  public TlsVerdict handshakeFailed(Throwable cause) {
    return attempt.reject(
        HandshakeFailures.typeOf(cause),
        "TLS handshake with "
            + mx
            + ": expected it to complete, found "
            + HandshakeFailures.found(cause)
            + ". Try again later; if it stays so, the host's operator must mend its TLS.");
  }

  /**
   * Whether mail may go in clear to this host, on a new connection, after TLS failed or was not
   * offered. RFC 7435 §3
   *
   * @return false under ENFORCED and REFUSED, whatever the verdict
   */
  public boolean allowsPlainText() {
    return !attempt.blocks();
  }

  /**
   * Returns what was found so far.
   *
   * @return empty before a handshake or a recorded failure, unless the decision is REFUSED
   */
  public Optional<TlsVerdict> verdict() {
    return attempt.verdict();
  }

  /**
   * Ends the attempt and tells the listener of the settings how it ended: once, however often this
   * is called, and only if something was found.
   *
   * <p>A handshake that was begun and of which nothing more was heard counts as {@code
   * validation-failure}. Nothing is told of a domain without a policy or under mode none (RFC 8461
   * §6): there is nothing to count it under. Closes no socket. What the listener throws is logged.
   */
  @Override
  public void close() {
    attempt.close();
  }
}
