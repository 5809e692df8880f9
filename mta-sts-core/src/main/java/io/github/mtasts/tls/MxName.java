package io.github.mtasts.tls;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Excerpt;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.StandardConstants;

/**
 * The one name of an MX host, as certificates, TLS and readers want it. Stateless, hence
 * thread-safe.
 */
final class MxName {
  private static final int SHOWN = 260;

  private MxName() {}

  /** The reference identifier; empty if the MX host is no name, which no certificate stands for. */
  static Optional<DomainName> of(MxDecision decision) {
    try {
      return Optional.of(DomainName.of(decision.mxHost()));
    } catch (IllegalArgumentException notAName) {
      return Optional.empty();
    }
  }

  /** The server name to ask for: the MX host's; none for addresses. RFC 8461 §7.1 */
  static List<SNIServerName> sni(MxDecision decision) {
    return of(decision)
        .filter(name -> !isAddress(name))
        .map(name -> List.of(serverName(name.value().getBytes(StandardCharsets.US_ASCII))))
        .orElse(List.of());
  }

  /** The JDK's own class where it can be had, as other providers may look for it. */
  private static SNIServerName serverName(byte[] octets) {
    try {
      return new SNIHostName(octets);
    } catch (IllegalArgumentException underscoreOrHyphen) {
      return new AwkwardName(octets);
    }
  }

  static String shown(MxDecision decision) {
    return Excerpt.of(decision.mxHost(), SHOWN);
  }

  /** RFC 6066 §3: addresses are no host names. A name of the DNS does not end in a number. */
  private static boolean isAddress(DomainName name) {
    String value = name.value();
    String last = value.substring(value.lastIndexOf('.') + 1);
    return last.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** A name with underscores or edge hyphens, which {@link SNIHostName} refuses to hold. */
  private static final class AwkwardName extends SNIServerName {
    private AwkwardName(byte[] octets) {
      super(StandardConstants.SNI_HOST_NAME, octets);
    }
  }
}
