// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.x509;

import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.StandardConstants;

/**
 * The server name that a client sends in the TLS handshake (SNI). RFC 6066 §3
 *
 * <p>Stateless, hence thread-safe.
 */
public final class ServerNames {
  private ServerNames() {}

  /**
   * Returns the SNI entries for a host.
   *
   * <p>The JDK sends no SNI for names that {@link SNIHostName} rejects, for example names with an
   * underscore. Such names are sent as well.
   *
   * @param host a host name in A-labels, or an IP address literal
   * @return one entry; none for an IP address, which is not a server name (RFC 6066 §3)
   */
  public static List<SNIServerName> of(String host) {
    return isAddress(host)
        ? List.of()
        : List.of(serverName(host.getBytes(StandardCharsets.US_ASCII)));
  }

  /**
   * Only IPv6 literals contain a colon, and only IPv4 literals contain nothing but digits and dots.
   */
  private static boolean isAddress(String host) {
    return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
  }

  /** The JDK's own class where it accepts the name, because other JSSE providers may expect it. */
  private static SNIServerName serverName(byte[] octets) {
    try {
      return new SNIHostName(octets);
    } catch (IllegalArgumentException underscoreOrHyphen) {
      return new UncheckedHostName(octets);
    }
  }

  /** A host name that {@link SNIHostName} rejects: with underscores, or hyphens at an edge. */
  private static final class UncheckedHostName extends SNIServerName {
    private UncheckedHostName(byte[] octets) {
      super(StandardConstants.SNI_HOST_NAME, octets);
    }
  }
}
