package io.github.mtasts.decision;

/**
 * What went wrong, in the words of TLS reports. RFC 8460 §4.3
 *
 * <p>One vocabulary for discovery, fetching, the handshake and reports.
 */
public enum ResultType {
  /** The MX host offers no STARTTLS, or refuses it. */
  STARTTLS_NOT_SUPPORTED("starttls-not-supported"),
  /** No DNS-ID of the certificate is the MX host's name. */
  CERTIFICATE_HOST_MISMATCH("certificate-host-mismatch"),
  /** The certificate, or one above it, is past its date. */
  CERTIFICATE_EXPIRED("certificate-expired"),
  /** The certificate leads to no trust anchor of ours, or breaks a rule of its issuer. */
  CERTIFICATE_NOT_TRUSTED("certificate-not-trusted"),
  /** Everything for which there is no word of its own. RFC 8460 §4.3.3 */
  VALIDATION_FAILURE("validation-failure"),
  /** The policy could not be fetched. */
  STS_POLICY_FETCH_ERROR("sts-policy-fetch-error"),
  /** A policy was fetched and is not one. */
  STS_POLICY_INVALID("sts-policy-invalid"),
  /** The policy host's certificate does not stand. */
  STS_WEBPKI_INVALID("sts-webpki-invalid"),
  /** A TLSA record set is unusable or matches nothing; for senders that also do DANE. */
  TLSA_INVALID("tlsa-invalid"),
  /** DNSSEC validation failed; for senders that also do DANE. */
  DNSSEC_INVALID("dnssec-invalid"),
  /** DANE is required by local configuration and none was found. */
  DANE_REQUIRED("dane-required");

  private final String label;

  ResultType(String label) {
    this.label = label;
  }

  /** {@return the registered text, such as {@code certificate-expired}; RFC 8460 §6.6} */
  public String label() {
    return label;
  }

  /** Returns {@link #label()}. */
  @Override
  public String toString() {
    return label;
  }
}
