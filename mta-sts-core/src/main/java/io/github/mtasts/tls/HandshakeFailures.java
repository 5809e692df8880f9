package io.github.mtasts.tls;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.Excerpt;
import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/**
 * From what was thrown to the word that TLS reports have for it. RFC 8460 §4.3
 *
 * <p>Only classes decide; the texts of the JDK differ between its versions. Stateless, hence
 * thread-safe.
 */
final class HandshakeFailures {
  private static final int DEPTH = 20;
  private static final int TEXT_SHOWN = 160;

  private HandshakeFailures() {}

  static ResultType typeOf(Throwable failure) {
    List<Throwable> causes = causes(failure);
    Optional<MxCertificateException> ours = first(causes, MxCertificateException.class);
    if (ours.isPresent()) {
      return ours.get().resultType();
    }
    if (has(causes, CertificateExpiredException.class)) {
      return ResultType.CERTIFICATE_EXPIRED;
    }
    // Not yet valid among them: RFC 8460 §4.3.1 has no word for it, and nobody can trust it yet.
    if (isAboutACertificate(causes)) {
      return ResultType.CERTIFICATE_NOT_TRUSTED;
    }
    return ResultType.VALIDATION_FAILURE;
  }

  /** Returns what was found, to follow "found". */
  static String found(Throwable failure) {
    List<Throwable> causes = causes(failure);
    String what = kind(causes);
    String text = text(causes);
    return text.isEmpty() ? what : what + " (" + text + ")";
  }

  private static String kind(List<Throwable> causes) {
    if (has(causes, CertificateNotYetValidException.class)) {
      return "a certificate that is not yet valid";
    }
    if (has(causes, CertificateExpiredException.class)) {
      return "a certificate past its date";
    }
    if (has(causes, CertPathBuilderException.class)) {
      return "a chain that leads to no trust anchor of ours";
    }
    if (isAboutACertificate(causes)) {
      return "a certificate that breaks a rule";
    }
    // A time-out is an InterruptedIOException by class, so it is asked for first.
    if (has(causes, SocketTimeoutException.class)) {
      return "no answer in time";
    }
    if (has(causes, EOFException.class)) {
      return "a closed connection";
    }
    if (has(causes, SocketException.class)) {
      return "a broken connection";
    }
    if (has(causes, SSLHandshakeException.class)) {
      return "no agreement on a TLS version or cipher suite, or an alert";
    }
    return has(causes, SSLException.class) ? "something that is not TLS" : "an I/O failure";
  }

  private static boolean isAboutACertificate(List<Throwable> causes) {
    return has(causes, CertificateException.class)
        || has(causes, CertPathBuilderException.class)
        || has(causes, CertPathValidatorException.class);
  }

  private static String text(List<Throwable> causes) {
    String message = causes.get(causes.size() - 1).getMessage();
    return message == null ? "" : Excerpt.of(message, TEXT_SHOWN);
  }

  private static boolean has(List<Throwable> causes, Class<? extends Throwable> type) {
    return first(causes, type).isPresent();
  }

  private static <T extends Throwable> Optional<T> first(List<Throwable> causes, Class<T> type) {
    return causes.stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  /** The failure and its causes, outermost first; bounded, since causes can form a ring. */
  private static List<Throwable> causes(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable t = failure; t != null && causes.size() < DEPTH; t = t.getCause()) {
      causes.add(t);
    }
    return causes;
  }
}
