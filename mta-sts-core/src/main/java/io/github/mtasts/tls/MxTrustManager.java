// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import io.github.mtasts.tls.MxCertificateVerifier.Failure;
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
 * The trust manager that JSSE calls during every handshake with an MX host.
 *
 * <p>Verifies the certificate, records the verdict, and throws only if the verdict blocks.
 * Thread-safe.
 */
final class MxTrustManager extends X509ExtendedTrustManager {
  /** What JSSE passes with TLS 1.3, where the key exchange does not depend on the key type. */
  private static final String ANY_KEY_EXCHANGE = "UNKNOWN";

  private final TlsAttempt attempt;
  private final MxCertificateVerifier verifier;
  private final ChainVerifier chainVerifier;
  private Optional<X509Certificate> lastVerified = Optional.empty();

  MxTrustManager(TlsAttempt attempt, MxCertificateVerifier verifier, ChainVerifier chainVerifier) {
    this.attempt = attempt;
    this.verifier = verifier;
    this.chainVerifier = chainVerifier;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    verify(chain, Optional.empty(), () -> chainVerifier.verify(chain, authType));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
      throws CertificateException {
    if (socket instanceof SSLSocket tls) {
      verify(
          chain,
          Optional.ofNullable(tls.getHandshakeSession()),
          () -> chainVerifier.verify(chain, authType, tls));
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
      verify(
          chain,
          Optional.ofNullable(engine.getHandshakeSession()),
          () -> chainVerifier.verify(chain, authType, engine));
    }
  }

  /**
   * Verifies a session for which JSSE did not call this trust manager: a resumed session, or one of
   * a provider that ignores trust managers.
   */
  void ensureVerified(SSLSession session) throws CertificateException {
    Optional<X509Certificate[]> chain = peerOf(session);
    if (chain.isPresent() && !isLastVerified(chain.get()[0])) {
      verify(
          chain.get(),
          Optional.of(session),
          () -> chainVerifier.verify(chain.get(), ANY_KEY_EXCHANGE));
    }
  }

  /** Clears the last result, so that {@link #ensureVerified} applies to the next handshake. */
  synchronized void expectHandshake() {
    lastVerified = Optional.empty();
  }

  private Optional<X509Certificate[]> peerOf(SSLSession session) throws CertificateException {
    try {
      if (session.getPeerCertificates() instanceof X509Certificate[] chain && chain.length > 0) {
        return Optional.of(chain);
      }
    } catch (SSLPeerUnverifiedException noCertificate) {
      // handled like a certificate of another kind, below
    }
    reject(verifier.noCertificate());
    return Optional.empty();
  }

  private void verify(X509Certificate[] chain, Optional<SSLSession> session, ChainCheck check)
      throws CertificateException {
    if (chain.length == 0) {
      throw new IllegalArgumentException("chain: expected a certificate, found an empty array");
    }
    Optional<Failure> failure =
        attempt.isChecked()
            ? session
                .flatMap(verifier::verifyProtocol)
                .or(() -> verifier.verifyCertificate(chain, check))
            : Optional.empty();
    if (failure.isPresent()) {
      reject(failure.get());
    } else {
      throwIfBlocking(attempt.trust(verifier.trustedDetail(chain[0])));
    }
    setLastVerified(chain[0]);
  }

  private void reject(Failure failure) throws CertificateException {
    throwIfBlocking(attempt.reject(failure.type(), failure.detail()));
  }

  private static void throwIfBlocking(TlsVerdict verdict) throws CertificateException {
    if (verdict.isBlocking() && verdict instanceof TlsVerdict.Rejected rejected) {
      throw new MxCertificateException(rejected);
    }
  }

  private synchronized void setLastVerified(X509Certificate leaf) {
    lastVerified = Optional.of(leaf);
  }

  private synchronized boolean isLastVerified(X509Certificate leaf) {
    return lastVerified.filter(leaf::equals).isPresent();
  }

  /** Always refuses: an MX host is a server. */
  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException(
        "MX trust: expected a server to verify, found a client; use another trust manager for it");
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

  /** Returns none: this list is for client certificates only. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
