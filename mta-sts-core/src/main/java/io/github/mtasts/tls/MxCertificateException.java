package io.github.mtasts.tls;

import io.github.mtasts.decision.ResultType;
import java.security.cert.CertificateException;
import java.util.Objects;

/**
 * Ends a handshake with an MX host whose certificate is not as the policy in force asks.
 *
 * <p>JSSE wraps it: look for it along the causes of the {@code SSLHandshakeException}, or ask
 * {@link MxTls#verdict()}, which says the same. Its message is the verdict's detail. Immutable but
 * for what every exception carries.
 */
public final class MxCertificateException extends CertificateException {
  private static final long serialVersionUID = 1;

  /** The kind, which serialises by itself. */
  private final ResultType resultType;

  MxCertificateException(TlsVerdict.Rejected verdict) {
    super(Objects.requireNonNull(verdict.detail(), "detail"));
    this.resultType = verdict.resultType();
  }

  /**
   * Returns the kind of failure, for TLS reports. RFC 8460 §4.3
   *
   * @return never {@code starttls-not-supported}, as there was a handshake
   */
  public ResultType resultType() {
    return resultType;
  }
}
