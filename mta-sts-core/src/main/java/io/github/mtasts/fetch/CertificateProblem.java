package io.github.mtasts.fetch;

import io.github.mtasts.policy.Excerpt;
import java.io.IOException;
import java.security.cert.CertPath;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Tells a certificate that does not stand from every other failure, by exception types alone. */
final class CertificateProblem {
  private static final int MOST_NAMES = 5;
  private static final int SHOWN = 200;
  private static final int MOST_CAUSES = 20;

  private CertificateProblem() {}

  /**
   * The problem in words, if it is one.
   *
   * <p>A name mismatch comes as {@link SSLPeerUnverifiedException}, a sibling of {@link
   * SSLHandshakeException}; everything about the chain as a cause of the latter.
   */
  static Optional<String> in(IOException failure, PolicyLocation location, Evidence evidence) {
    if (failure instanceof SSLPeerUnverifiedException) {
      return Optional.of(wrongName(location, evidence.presentedNames()));
    }
    return failure instanceof SSLHandshakeException
        ? chainProblem(causes(failure))
        : Optional.empty();
  }

  private static String wrongName(PolicyLocation location, List<String> names) {
    String host = location.host().value();
    String found =
        names.isEmpty() ? "one without any (a common name does not count)" : listed(names);
    return "expected a certificate with the DNS name "
        + host
        + ", found "
        + found
        + "; install a certificate for "
        + host;
  }

  private static String listed(List<String> names) {
    String shown = String.join(", ", names.subList(0, Math.min(names.size(), MOST_NAMES)));
    String more = names.size() > MOST_NAMES ? " and " + (names.size() - MOST_NAMES) + " more" : "";
    return "one for " + Excerpt.of(shown, SHOWN) + more;
  }

  private static List<Throwable> causes(Throwable thrown) {
    List<Throwable> causes = new ArrayList<>();
    Throwable next = thrown.getCause();
    while (next != null && causes.size() < MOST_CAUSES) {
      causes.add(next);
      next = next.getCause();
    }
    return causes;
  }

  private static Optional<String> chainProblem(List<Throwable> causes) {
    Optional<CertificateExpiredException> expired =
        first(causes, CertificateExpiredException.class);
    if (expired.isPresent()) {
      return Optional.of(
          "expected a certificate that is in date, found one that expired"
              + date(causes, expired.get(), Validity.END)
              + "; renew it");
    }
    Optional<CertificateNotYetValidException> early =
        first(causes, CertificateNotYetValidException.class);
    if (early.isPresent()) {
      return Optional.of(
          "expected a certificate that is in date, found one not valid before"
              + date(causes, early.get(), Validity.BEGINNING)
              + "; install a current one, and check the clocks");
    }
    if (first(causes, CertPathBuilderException.class).isPresent()) {
      return Optional.of(
          "expected a certificate chain to a trusted root, found none"
              + " (self-signed, an unknown issuer, or a missing intermediate certificate);"
              + " install the full chain of a certificate from a public authority");
    }
    return first(causes, CertPathValidatorException.class)
        .map(Throwable.class::cast)
        .or(() -> first(causes, CertificateException.class))
        .map(
            refused ->
                "expected a certificate chain that holds, found: "
                    + Evidence.text(refused)
                    + "; install the full chain of a current certificate from a public authority");
  }

  private static <T> Optional<T> first(List<Throwable> causes, Class<T> type) {
    return causes.stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  private enum Validity {
    BEGINNING,
    END
  }

  /** The date, from the certificate that failed where the validator says which, else its words. */
  private static String date(List<Throwable> causes, Exception dateProblem, Validity end) {
    return first(causes, CertPathValidatorException.class)
        .flatMap(CertificateProblem::failedCertificate)
        .map(c -> end == Validity.END ? c.getNotAfter() : c.getNotBefore())
        .map(date -> (end == Validity.END ? " on " : " ") + date.toInstant())
        .orElseGet(() -> " (" + Evidence.text(dateProblem) + ")");
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
