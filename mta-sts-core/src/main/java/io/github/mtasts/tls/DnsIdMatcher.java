// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import io.github.mtasts.policy.DomainName;
import java.util.List;

/**
 * Compares a name in a certificate with the name of the MX host. RFC 9525 §6.3
 *
 * <p>The reference is a valid name in lower-case A-labels. A malformed presented name (an empty
 * label, a trailing dot, an asterisk anywhere but as the complete left-most label) therefore
 * matches no reference, as the RFC requires. Uses no regular expression and no locale.
 *
 * <p>Stateless, hence thread-safe.
 */
final class DnsIdMatcher {
  private DnsIdMatcher() {}

  /** Whether one of the presented DNS-IDs matches the reference name. */
  static boolean matchesAny(List<String> presented, DomainName reference) {
    for (String dnsId : presented) {
      if (matches(dnsId, reference)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether the presented DNS-ID matches the reference name.
   *
   * @param presented a dNSName of the certificate, with any content
   * @param reference the name of the MX host
   */
  static boolean matches(String presented, DomainName reference) {
    String host = reference.value();
    if (!presented.startsWith("*.")) {
      return isTail(presented, 0, host, 0);
    }
    // RFC 9525 §6.3: the asterisk matches exactly one label; the rest is compared literally.
    int afterFirstLabel = host.indexOf('.');
    return afterFirstLabel > 0 && isTail(presented, 1, host, afterFirstLabel);
  }

  private static boolean isTail(String presented, int from, String host, int hostFrom) {
    int length = host.length() - hostFrom;
    if (presented.length() - from != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (toLowerCase(presented.charAt(from + i)) != host.charAt(hostFrom + i)) {
        return false;
      }
    }
    return true;
  }

  /** ASCII only: a Kelvin sign and a Turkish dotless i are not letters of a host name. */
  private static char toLowerCase(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
  }
}
