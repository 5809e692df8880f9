// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import io.github.mtasts.x509.CauseChain;
import io.github.mtasts.x509.ChainFault;
import io.github.mtasts.x509.DnsIds;
import java.io.IOException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidatorException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Describes why the certificate of a policy host was rejected.
 *
 * <p>Decides by exception class only. Stateless, hence thread-safe.
 */
final class CertificateFailures {
  private CertificateFailures() {}

  /**
   * The description, if the failure is about the certificate.
   *
   * <p>A name mismatch is a {@link SSLPeerUnverifiedException}; every fault of the chain is a cause
   * of a {@link SSLHandshakeException}. Neither class extends the other.
   */
  static Optional<String> describe(IOException failure, PolicyLocation location, FetchTrace trace) {
    if (failure instanceof SSLPeerUnverifiedException) {
      return Optional.of(wrongName(location.host().value(), trace.rejectedNames()));
    }
    if (failure instanceof SSLHandshakeException) {
      CauseChain causes = CauseChain.of(failure);
      return ChainFault.in(causes).map(fault -> chainFault(fault, causes));
    }
    return Optional.empty();
  }

  private static String wrongName(String host, DnsIds found) {
    return "expected a certificate with the DNS name "
        + host
        + ", found "
        + (found.names().isEmpty()
            ? "one without any (a common name does not count)"
            : "one for " + found.shown())
        + "; install a certificate for "
        + host;
  }

  private static String chainFault(ChainFault fault, CauseChain causes) {
    return switch (fault) {
      case EXPIRED ->
          "expected a certificate that is in date, found one that expired"
              + end(causes)
              + "; renew it";
      case NOT_YET_VALID ->
          "expected a certificate that is in date, found one not valid before"
              + beginning(causes)
              + "; install a current one, and check the clocks";
      case NO_TRUST_ANCHOR ->
          "expected a certificate chain to a trusted root, found none"
              + " (self-signed, an unknown issuer, or a missing intermediate certificate);"
              + " install the full chain of a certificate from a public authority";
      case INVALID ->
          "expected a valid certificate chain, found: "
              + FetchTrace.text(rejection(causes))
              + "; install the full chain of a current certificate from a public authority";
    };
  }

  private static Throwable rejection(CauseChain causes) {
    return causes
        .first(CertPathValidatorException.class)
        .map(Throwable.class::cast)
        .or(() -> causes.first(CertificateException.class))
        .orElseGet(causes::innermost);
  }

  private static String end(CauseChain causes) {
    return failedCertificate(causes)
        .map(certificate -> " on " + certificate.getNotAfter().toInstant())
        .orElseGet(() -> message(causes, CertificateExpiredException.class));
  }

  private static String beginning(CauseChain causes) {
    return failedCertificate(causes)
        .map(certificate -> " " + certificate.getNotBefore().toInstant())
        .orElseGet(() -> message(causes, CertificateNotYetValidException.class));
  }

  /** Used if the validator does not say which certificate failed. */
  private static String message(CauseChain causes, Class<? extends Throwable> type) {
    return causes.first(type).map(e -> " (" + FetchTrace.text(e) + ")").orElse("");
  }

  private static Optional<X509Certificate> failedCertificate(CauseChain causes) {
    return causes
        .first(CertPathValidatorException.class)
        .flatMap(CertificateFailures::failedCertificate);
  }

  private static Optional<X509Certificate> failedCertificate(CertPathValidatorException failure) {
    CertPath path = failure.getCertPath();
    if (path == null || failure.getIndex() < 0) {
      return Optional.empty();
    }
    Certificate certificate = path.getCertificates().get(failure.getIndex());
    return certificate instanceof X509Certificate x509 ? Optional.of(x509) : Optional.empty();
  }
}
