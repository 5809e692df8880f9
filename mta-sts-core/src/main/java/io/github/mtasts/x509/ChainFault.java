// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.x509;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;

/**
 * What is wrong with a certificate chain that a trust manager rejected.
 *
 * <p>Found by exception class only: message texts differ between JDK versions.
 */
public enum ChainFault {
  /** A certificate of the chain has expired. */
  EXPIRED,
  /** A certificate of the chain is not valid yet. */
  NOT_YET_VALID,
  /** The chain does not lead to a trust anchor. */
  NO_TRUST_ANCHOR,
  /** The chain breaks another rule, for example it is revoked or has the wrong key usage. */
  INVALID;

  /**
   * Finds the fault in what a handshake or a trust manager threw.
   *
   * @param causes the exception and its causes
   * @return the fault; empty if the exception is not about a certificate
   */
  public static Optional<ChainFault> in(CauseChain causes) {
    if (causes.has(CertificateExpiredException.class)) {
      return Optional.of(EXPIRED);
    }
    if (causes.has(CertificateNotYetValidException.class)) {
      return Optional.of(NOT_YET_VALID);
    }
    if (causes.has(CertPathBuilderException.class)) {
      return Optional.of(NO_TRUST_ANCHOR);
    }
    return causes.has(CertPathValidatorException.class) || causes.has(CertificateException.class)
        ? Optional.of(INVALID)
        : Optional.empty();
  }
}
