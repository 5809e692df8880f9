package io.github.mtasts.tls;

import io.github.mtasts.policy.DomainName;

/**
 * Whether a name in a certificate is the name that one wants to reach. RFC 9525 §6.3
 *
 * <p>The reference is a valid name in lower-case A-labels, so a presented name that is malformed
 * (an empty label, a trailing dot, an asterisk anywhere but as the whole left-most label) equals no
 * reference and is thereby ignored, as it must be. No regular expression, no locale, no allocation.
 *
 * <p>Stateless, hence thread-safe.
 */
final class DnsIdMatcher {
  private DnsIdMatcher() {}

  /**
   * Whether the presented DNS-ID stands for the reference name.
   *
   * @param presented a dNSName of the certificate, of any content
   * @param reference the name of the MX host
   */
  static boolean matches(String presented, DomainName reference) {
    String host = reference.value();
    if (!presented.startsWith("*.")) {
      return isTail(presented, 0, host, 0);
    }
    // RFC 9525 §6.3: the asterisk stands for exactly one label, so the rest is compared as it is.
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

  /** Folds ASCII only: neither a Kelvin sign nor a Turkish dotless i is a letter of a host name. */
  private static char toLowerCase(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
  }
}
