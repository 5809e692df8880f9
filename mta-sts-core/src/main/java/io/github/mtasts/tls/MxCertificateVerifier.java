// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.x509.DnsIds;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/**
 * Verifies the TLS session and certificate of one MX host.
 *
 * <p>The order is protocol, chain, key, name: an expired or untrusted certificate is reported as
 * such, whatever its names are. Immutable, hence thread-safe.
 */
final class MxCertificateVerifier {
  private static final int MAX_DN_LENGTH_SHOWN = 120;
  private static final int MIN_RSA_KEY_BITS = 2048;

  private final String mx;
  private final Optional<DomainName> reference;

  MxCertificateVerifier(MxDecision decision) {
    mx = MxName.shown(decision);
    reference = MxName.of(decision);
  }

  /** Why a session or certificate is rejected. */
  record Failure(ResultType type, String detail) {}

  /** RFC 8461 §7.2: TLS 1.2 or newer, also if a caller's own context accepts an older version. */
  Optional<Failure> verifyProtocol(SSLSession session) {
    String protocol = session.getProtocol();
    return MxTlsFactory.isOutdated(protocol)
        ? Optional.of(
            new Failure(
                ResultType.VALIDATION_FAILURE,
                "TLS of "
                    + mx
                    + ": expected TLS 1.2 or newer, found "
                    + protocol
                    + ". The host's operator must enable newer versions."))
        : Optional.empty();
  }

  Optional<Failure> verifyCertificate(X509Certificate[] chain, ChainCheck check) {
    return verifyChain(chain, check).or(() -> verifyKey(chain[0])).or(() -> verifyName(chain[0]));
  }

  /** The detail of a {@link TlsVerdict.Trusted}. */
  String trustedDetail(X509Certificate leaf) {
    return "certificate of " + mx + ": valid for " + mx + ", issued by " + issuer(leaf) + ".";
  }

  Failure noCertificate() {
    return new Failure(
        ResultType.CERTIFICATE_NOT_TRUSTED,
        "certificate of "
            + mx
            + ": expected one, found none. The host's operator must install one.");
  }

  private Optional<Failure> verifyChain(X509Certificate[] chain, ChainCheck check) {
    try {
      check.run();
      return Optional.empty();
    } catch (CertificateException e) {
      return Optional.of(untrusted(chain, e));
    } catch (RuntimeException | Error e) {
      // A chain that cannot be checked is not trusted. The trust manager is not our code, and
      // the server chooses the chain.
      return Optional.of(
          new Failure(
              ResultType.CERTIFICATE_NOT_TRUSTED,
              "certificate of "
                  + mx
                  + ": expected the trust manager to check it, found that it threw "
                  + e.getClass().getName()
                  + ". Fix the trust manager given to the resolver's builder."));
    }
  }

  private Failure untrusted(X509Certificate[] chain, CertificateException e) {
    ResultType type = HandshakeFailures.typeOf(e);
    if (type == ResultType.CERTIFICATE_EXPIRED) {
      return new Failure(
          type,
          "certificate of "
              + mx
              + ": expected one that is valid now, found one "
              + dates(firstExpired(chain))
              + ". The host's operator must renew it.");
    }
    return new Failure(
        type,
        "certificate of "
            + mx
            + ": expected a chain to a trust anchor, found "
            + HandshakeFailures.found(e)
            + "; the certificate is "
            + origin(chain[0])
            + ", "
            + dates(chain[0])
            + ". The host's operator must install a certificate of a public authority together"
            + " with its intermediate certificates.");
  }

  /** RFC 9325 §4.5: a short RSA key is not secure, even if the trust manager accepts it. */
  private Optional<Failure> verifyKey(X509Certificate leaf) {
    if (leaf.getPublicKey() instanceof RSAPublicKey rsa
        && rsa.getModulus().bitLength() < MIN_RSA_KEY_BITS) {
      return Optional.of(
          new Failure(
              ResultType.CERTIFICATE_NOT_TRUSTED,
              "certificate of "
                  + mx
                  + ": expected an RSA key of at least "
                  + MIN_RSA_KEY_BITS
                  + " bits, found "
                  + rsa.getModulus().bitLength()
                  + ". The host's operator must get a certificate with a longer key."));
    }
    return Optional.empty();
  }

  private Optional<Failure> verifyName(X509Certificate leaf) {
    DnsIds dnsIds = DnsIds.of(leaf);
    if (reference.filter(name -> DnsIdMatcher.matchesAny(dnsIds.names(), name)).isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        new Failure(
            ResultType.CERTIFICATE_HOST_MISMATCH,
            "certificate of "
                + mx
                + ": expected a DNS-ID "
                + mx
                + " in its subjectAltName (RFC 8461 §4.2), found "
                + dnsIds.shown()
                + "; "
                + origin(leaf)
                + ". Either this is the wrong host, or its operator must get a certificate for this"
                + " name."));
  }

  private static X509Certificate firstExpired(X509Certificate[] chain) {
    Instant now = Instant.now();
    for (X509Certificate certificate : chain) {
      if (certificate.getNotAfter().toInstant().isBefore(now)) {
        return certificate;
      }
    }
    return chain[0];
  }

  private static String dates(X509Certificate certificate) {
    return "valid from "
        + certificate.getNotBefore().toInstant()
        + " to "
        + certificate.getNotAfter().toInstant();
  }

  private static String origin(X509Certificate leaf) {
    return leaf.getIssuerX500Principal().equals(leaf.getSubjectX500Principal())
        ? "self-signed"
        : "issued by " + issuer(leaf);
  }

  private static String issuer(X509Certificate certificate) {
    return Excerpt.of(certificate.getIssuerX500Principal().getName(), MAX_DN_LENGTH_SHOWN);
  }
}
