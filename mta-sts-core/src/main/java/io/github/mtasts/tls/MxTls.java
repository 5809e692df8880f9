package io.github.mtasts.tls;

import io.github.mtasts.MxDecision;
import java.io.IOException;
import java.net.Socket;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS for one connection attempt to one MX host. Signatures are the contract; the tls helper fills
 * them.
 */
@SuppressWarnings("all")
public final class MxTls implements AutoCloseable {
  private MxTls() {}

  /** Prepares TLS as the decision asks; a REFUSED decision gives one that rejects everything. */
  public static MxTls forDecision(MxDecision decision) {
    throw new IllegalStateException(decision.mxHost());
  }

  /** The judge: PKIX first, then the name. Never throws under TESTING and OPPORTUNISTIC. */
  public X509ExtendedTrustManager trustManager() {
    throw new IllegalStateException();
  }

  /** A fresh context, so that no session of another decision is resumed. */
  public SSLContext sslContext() {
    throw new IllegalStateException();
  }

  /** A client engine for the MX host, with SNI, TLS 1.2 or newer, from a fresh context. */
  public SSLEngine newEngine() {
    throw new IllegalStateException();
  }

  /** Layers TLS over a connected socket after the 220 and shakes hands. */
  public SSLSocket startTls(Socket socket) throws IOException {
    throw new IOException();
  }

  /** For frameworks that want a factory: its sockets carry SNI, protocols and the judge. */
  public SSLSocketFactory socketFactory() {
    throw new IllegalStateException();
  }

  /** Records that the server offers no STARTTLS. */
  public TlsVerdict startTlsMissing() {
    throw new IllegalStateException();
  }

  /** Records that the server answered STARTTLS with something else than 220. */
  public TlsVerdict startTlsRefused(int replyCode, String reply) {
    throw new IllegalStateException();
  }

  /** Records that a handshake done elsewhere failed; classified by exception type. */
  public TlsVerdict handshakeFailed(Throwable cause) {
    throw new IllegalStateException();
  }

  /**
   * Whether mail may go in clear to this host on a new connection after TLS failed (RFC 7435 §3).
   */
  public boolean allowsPlainText() {
    return false;
  }

  /** What was found so far; empty before a handshake or a recorded failure. */
  public Optional<TlsVerdict> verdict() {
    return Optional.empty();
  }

  /** Ends the attempt; tells the listener once, and only if something was found. */
  @Override
  public void close() {}
}
