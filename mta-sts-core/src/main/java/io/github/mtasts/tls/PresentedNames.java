package io.github.mtasts.tls;

import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Excerpt;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The DNS-IDs of a certificate: the dNSName entries of its subjectAltName and nothing else. RFC
 * 8461 §4.2
 *
 * <p>Addresses, URIs and SRV names are no DNS-IDs, and the common name is not even looked at (RFC
 * 9525 §2).
 *
 * @param dnsIds as they stand in the certificate, in its order
 */
record PresentedNames(List<String> dnsIds) {
  private static final int DNS_NAME = 2;
  private static final int NAMES_SHOWN = 6;
  private static final int NAME_SHOWN = 100;

  static PresentedNames of(X509Certificate certificate) {
    try {
      return new PresentedNames(dnsNames(certificate.getSubjectAlternativeNames()));
    } catch (CertificateParsingException unreadable) {
      // No name can be taken from it, and so none matches.
      return new PresentedNames(List.of());
    }
  }

  private static List<String> dnsNames(@Nullable Collection<List<?>> subjectAltNames) {
    List<String> names = new ArrayList<>();
    if (subjectAltNames != null) {
      for (List<?> entry : subjectAltNames) {
        if (Integer.valueOf(DNS_NAME).equals(entry.get(0)) && entry.get(1) instanceof String name) {
          names.add(name);
        }
      }
    }
    return List.copyOf(names);
  }

  boolean include(DomainName host) {
    for (String dnsId : dnsIds) {
      if (DnsIdMatcher.matches(dnsId, host)) {
        return true;
      }
    }
    return false;
  }

  /** For messages: the certificate is the other side's to choose, so this is short and inert. */
  String shown() {
    if (dnsIds.isEmpty()) {
      return "none";
    }
    String shown =
        dnsIds.stream()
            .limit(NAMES_SHOWN)
            .map(name -> Excerpt.of(name, NAME_SHOWN))
            .collect(Collectors.joining(", "));
    int hidden = dnsIds.size() - NAMES_SHOWN;
    return hidden > 0 ? shown + " and " + hidden + " more" : shown;
  }
}
