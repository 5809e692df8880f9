package io.github.mtasts.tls;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Excerpt;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/**
 * Finds what is wrong with the certificate of one MX host under one policy, if anything is.
 *
 * <p>Protocol, then chain and key, then name: an expired or untrusted certificate is called that,
 * whatever names it carries. Immutable, hence thread-safe.
 */
final class CertificateJudge {
  private static final int DN_SHOWN = 120;
  private static final int SHORTEST_RSA_KEY = 2048;

  private final String mx;
  private final Optional<DomainName> reference;

  CertificateJudge(MxDecision decision) {
    mx = MxName.shown(decision);
    reference = MxName.of(decision);
  }

  /** A fault of a session or certificate: the kind and the sentences about it. */
  record Fault(ResultType type, String detail) {}

  /** RFC 8461 §7.2: TLS 1.2 or newer, also where somebody else's context let an older one in. */
  Optional<Fault> protocol(SSLSession session) {
    String protocol = session.getProtocol();
    return ClientTls.isOutdated(protocol)
        ? Optional.of(
            new Fault(
                ResultType.VALIDATION_FAILURE,
                "TLS of "
                    + mx
                    + ": expected TLS 1.2 or newer, found "
                    + protocol
                    + ". The host's operator must switch newer versions on."))
        : Optional.empty();
  }

  Optional<Fault> certificate(X509Certificate[] chain, ChainCheck check) {
    return chain(chain, check).or(() -> key(chain[0])).or(() -> name(chain[0]));
  }

  /** For the detail of a good verdict. */
  String praise(X509Certificate leaf) {
    return "certificate of " + mx + ": stands for " + mx + ", issued by " + issuer(leaf) + ".";
  }

  Fault noCertificate(Exception why) {
    return new Fault(
        ResultType.CERTIFICATE_NOT_TRUSTED,
        "certificate of "
            + mx
            + ": expected one, found none "
            + HandshakeFailures.found(why)
            + ".");
  }

  private Optional<Fault> chain(X509Certificate[] chain, ChainCheck check) {
    try {
      check.run();
      return Optional.empty();
    } catch (CertificateException e) {
      return Optional.of(untrusted(chain, e));
    } catch (RuntimeException | Error e) {
      // What cannot be checked is not trusted; the trust manager is somebody else's code, and the
      // chain that it may stumble over is chosen by the other side.
      return Optional.of(
          new Fault(
              ResultType.CERTIFICATE_NOT_TRUSTED,
              "certificate of "
                  + mx
                  + ": expected the trust manager to judge it, found that it threw "
                  + e.getClass().getName()
                  + ". Mend the trust manager that the resolver was given."));
    }
  }

  private Fault untrusted(X509Certificate[] chain, CertificateException e) {
    ResultType type = HandshakeFailures.typeOf(e);
    if (type == ResultType.CERTIFICATE_EXPIRED) {
      return new Fault(
          type,
          "certificate of "
              + mx
              + ": expected one that is valid now, found one "
              + dates(firstOutOfDate(chain))
              + ". The host's operator must renew it.");
    }
    return new Fault(
        type,
        "certificate of "
            + mx
            + ": expected a chain to a trust anchor of ours, found "
            + HandshakeFailures.found(e)
            + "; the certificate is "
            + origin(chain[0])
            + ", "
            + dates(chain[0])
            + ". The host's operator must install a certificate of a public authority together"
            + " with its intermediate ones.");
  }

  /** RFC 9325 §4.5: whatever the trust manager lets pass, a short RSA key proves nothing. */
  private Optional<Fault> key(X509Certificate leaf) {
    if (leaf.getPublicKey() instanceof RSAPublicKey rsa
        && rsa.getModulus().bitLength() < SHORTEST_RSA_KEY) {
      return Optional.of(
          new Fault(
              ResultType.CERTIFICATE_NOT_TRUSTED,
              "certificate of "
                  + mx
                  + ": expected an RSA key of at least "
                  + SHORTEST_RSA_KEY
                  + " bits, found "
                  + rsa.getModulus().bitLength()
                  + ". The host's operator must get a certificate with a longer key."));
    }
    return Optional.empty();
  }

  private Optional<Fault> name(X509Certificate leaf) {
    PresentedNames names = PresentedNames.of(leaf);
    if (reference.isPresent() && names.include(reference.get())) {
      return Optional.empty();
    }
    return Optional.of(
        new Fault(
            ResultType.CERTIFICATE_HOST_MISMATCH,
            "certificate of "
                + mx
                + ": expected a DNS-ID "
                + mx
                + " in its subjectAltName (RFC 8461 §4.2), found "
                + names.shown()
                + "; "
                + origin(leaf)
                + ". Either this is not the host that the policy means, or its operator must"
                + " get a certificate for this name."));
  }

  private static X509Certificate firstOutOfDate(X509Certificate[] chain) {
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
    return Excerpt.of(certificate.getIssuerX500Principal().getName(), DN_SHOWN);
  }
}
