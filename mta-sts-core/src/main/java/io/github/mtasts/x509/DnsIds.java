// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.x509;

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
 * <p>IP addresses, URIs and SRV names are not DNS-IDs, and the common name is never read (RFC 9525
 * §2). Immutable, hence thread-safe.
 *
 * @param names the DNS-IDs as written in the certificate, in its order
 */
public record DnsIds(List<String> names) {
  private static final Integer DNS_NAME = 2; // RFC 5280 §4.2.1.6
  private static final int MAX_NAMES_SHOWN = 6;
  private static final int MAX_NAME_LENGTH_SHOWN = 100;

  /**
   * Copies the names.
   *
   * @param names the DNS-IDs
   */
  public DnsIds {
    names = List.copyOf(names);
  }

  /**
   * Reads the DNS-IDs of a certificate.
   *
   * @param certificate the certificate of a server
   * @return its DNS-IDs; none if its subjectAltName cannot be parsed, so that no host name matches
   */
  public static DnsIds of(X509Certificate certificate) {
    try {
      return new DnsIds(dnsNames(certificate.getSubjectAlternativeNames()));
    } catch (CertificateParsingException unreadable) {
      return new DnsIds(List.of());
    }
  }

  private static List<String> dnsNames(@Nullable Collection<List<?>> subjectAltNames) {
    List<String> names = new ArrayList<>();
    if (subjectAltNames != null) {
      for (List<?> entry : subjectAltNames) {
        if (DNS_NAME.equals(entry.get(0)) && entry.get(1) instanceof String name) {
          names.add(name);
        }
      }
    }
    return names;
  }

  /**
   * Returns the names for a message. The server chooses them, so they are shortened and control
   * characters are escaped.
   *
   * @return a list such as {@code a.example, b.example and 2 more}; {@code none} if there are none
   */
  public String shown() {
    if (names.isEmpty()) {
      return "none";
    }
    String shown =
        names.stream()
            .limit(MAX_NAMES_SHOWN)
            .map(name -> Excerpt.of(name, MAX_NAME_LENGTH_SHOWN))
            .collect(Collectors.joining(", "));
    int hidden = names.size() - MAX_NAMES_SHOWN;
    return hidden > 0 ? shown + " and " + hidden + " more" : shown;
  }
}
