package io.github.mtasts.tls;

import io.github.mtasts.tls.CertificateJudge.Fault;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The hook that JSSE calls in the middle of every handshake, whoever drives it.
 *
 * <p>Finds, records, and throws exactly if the recorded verdict blocks. Thread-safe.
 */
final class HandshakeJudge extends X509ExtendedTrustManager {
  /** What JSSE itself says under TLS 1.3, where the key exchange says nothing about the key. */
  private static final String ANY_KEY_EXCHANGE = "UNKNOWN";

  private final Attempt attempt;
  private final CertificateJudge judge;
  private final TrustAnchors anchors;
  private Optional<X509Certificate> lastJudged = Optional.empty();

  HandshakeJudge(Attempt attempt, CertificateJudge judge, TrustAnchors anchors) {
    this.attempt = attempt;
    this.judge = judge;
    this.anchors = anchors;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    judge(chain, Optional.empty(), () -> anchors.check(chain, authType));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
      throws CertificateException {
    if (socket instanceof SSLSocket tls) {
      judge(
          chain,
          Optional.ofNullable(tls.getHandshakeSession()),
          () -> anchors.check(chain, authType, tls));
    } else {
      checkServerTrusted(chain, authType);
    }
  }

  @Override
  public void checkServerTrusted(
      X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
      throws CertificateException {
    if (engine == null) {
      checkServerTrusted(chain, authType);
    } else {
      judge(
          chain,
          Optional.ofNullable(engine.getHandshakeSession()),
          () -> anchors.check(chain, authType, engine));
    }
  }

  /**
   * Judges a session that JSSE has not asked about, such as a resumed one or that of a provider
   * which goes its own way.
   */
  void ensureJudged(SSLSession session) throws CertificateException {
    Optional<X509Certificate[]> chain = peerOf(session);
    if (chain.isPresent() && !isLastJudged(chain.get()[0])) {
      judge(chain.get(), Optional.of(session), () -> anchors.check(chain.get(), ANY_KEY_EXCHANGE));
    }
  }

  /** Forgets the last handshake, so that {@link #ensureJudged} means the next one. */
  synchronized void expectHandshake() {
    lastJudged = Optional.empty();
  }

  private Optional<X509Certificate[]> peerOf(SSLSession session) throws CertificateException {
    try {
      if (session.getPeerCertificates() instanceof X509Certificate[] chain && chain.length > 0) {
        return Optional.of(chain);
      }
      throw new SSLPeerUnverifiedException("no X.509 certificate");
    } catch (SSLPeerUnverifiedException e) {
      reject(judge.noCertificate(e));
      return Optional.empty();
    }
  }

  private void judge(X509Certificate[] chain, Optional<SSLSession> session, ChainCheck check)
      throws CertificateException {
    if (chain.length == 0) {
      throw new IllegalArgumentException("chain: expected a certificate, found an empty array");
    }
    Optional<Fault> fault =
        attempt.judges()
            ? session.flatMap(judge::protocol).or(() -> judge.certificate(chain, check))
            : Optional.empty();
    if (fault.isPresent()) {
      reject(fault.get());
    } else {
      throwIfBlocking(attempt.trust(judge.praise(chain[0])));
    }
    remember(chain[0]);
  }

  private void reject(Fault fault) throws CertificateException {
    throwIfBlocking(attempt.reject(fault.type(), fault.detail()));
  }

  private static void throwIfBlocking(TlsVerdict verdict) throws CertificateException {
    if (verdict.isBlocking() && verdict instanceof TlsVerdict.Rejected rejected) {
      throw new MxCertificateException(rejected);
    }
  }

  private synchronized void remember(X509Certificate leaf) {
    lastJudged = Optional.of(leaf);
  }

  private synchronized boolean isLastJudged(X509Certificate leaf) {
    return lastJudged.filter(leaf::equals).isPresent();
  }

  /** There are no clients to be trusted here. */
  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException(
        "MX trust: expected to judge a server, found a client; use another trust manager for it");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(
      X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  /** Accepts none of clients, and says nothing about servers: the anchors are the delegate's. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
