// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import java.util.Arrays;
import java.util.Optional;

/**
 * What failed, by the result types of TLS reports. RFC 8460 §4.3
 *
 * <p>Used for discovery, fetching, the handshake and reports alike. Immutable, hence thread-safe.
 */
public enum ResultType {
  /** The MX host does not offer STARTTLS, or refuses it. */
  STARTTLS_NOT_SUPPORTED("starttls-not-supported"),
  /** No DNS-ID of the certificate matches the MX host. */
  CERTIFICATE_HOST_MISMATCH("certificate-host-mismatch"),
  /** The certificate, or one of its issuers' certificates, has expired. */
  CERTIFICATE_EXPIRED("certificate-expired"),
  /** The certificate chain leads to no trust anchor, or breaks a rule of an issuer. */
  CERTIFICATE_NOT_TRUSTED("certificate-not-trusted"),
  /** Any other failure. RFC 8460 §4.3.3 */
  VALIDATION_FAILURE("validation-failure"),
  /** The policy could not be fetched. */
  STS_POLICY_FETCH_ERROR("sts-policy-fetch-error"),
  /** The fetched policy is not valid. */
  STS_POLICY_INVALID("sts-policy-invalid"),
  /** The policy host's certificate is not valid. */
  STS_WEBPKI_INVALID("sts-webpki-invalid"),
  /** No TLSA record is usable or matches; for senders that also use DANE. */
  TLSA_INVALID("tlsa-invalid"),
  /** DNSSEC validation failed; for senders that also use DANE. */
  DNSSEC_INVALID("dnssec-invalid"),
  /** Local configuration requires DANE, but no TLSA record was found. */
  DANE_REQUIRED("dane-required");

  private final String label;

  ResultType(String label) {
    this.label = label;
  }

  /**
   * {@return the type with a label; empty if there is none}
   *
   * @param label the registered label; case matters
   */
  public static Optional<ResultType> ofLabel(String label) {
    return Arrays.stream(values()).filter(type -> type.label.equals(label)).findFirst();
  }

  /** {@return the registered label, such as {@code certificate-expired}; RFC 8460 §6.6} */
  public String label() {
    return label;
  }

  /** Returns {@link #label()}. */
  @Override
  public String toString() {
    return label;
  }
}
