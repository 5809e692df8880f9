// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import io.github.mtasts.decision.ResultType;
import java.security.cert.CertificateException;
import java.util.Objects;

/**
 * Ends a handshake with an MX host whose certificate does not meet the policy.
 *
 * <p>JSSE wraps it: look for it in the causes of the {@code SSLHandshakeException}, or use {@link
 * MxTls#verdict()}, which has the same result. Its message is the verdict's detail. Immutable
 * except for the state of every exception.
 */
public final class MxCertificateException extends CertificateException {
  private static final long serialVersionUID = 1;

  /** The kind of failure. */
  private final ResultType resultType;

  MxCertificateException(TlsVerdict.Rejected verdict) {
    super(Objects.requireNonNull(verdict.detail(), "detail"));
    this.resultType = verdict.resultType();
  }

  /**
   * Returns the kind of failure, for TLS reports. RFC 8460 §4.3
   *
   * @return never {@code starttls-not-supported}, because there was a handshake
   */
  public ResultType resultType() {
    return resultType;
  }
}
