// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.x509.ServerNames;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIServerName;

/**
 * The name of an MX host, for certificates, for SNI and for messages. Stateless, hence thread-safe.
 */
final class MxName {
  private static final int MAX_LENGTH_SHOWN = 260;

  private MxName() {}

  /** The reference identifier; empty if the MX host is not a name: then no certificate matches. */
  static Optional<DomainName> of(MxDecision decision) {
    try {
      return Optional.of(DomainName.of(decision.mxHost()));
    } catch (IllegalArgumentException notAName) {
      return Optional.empty();
    }
  }

  /** The SNI entry: the MX host's name; none if it is an address or no name. RFC 8461 §7.1 */
  static List<SNIServerName> sni(MxDecision decision) {
    return of(decision).map(name -> ServerNames.of(name.value())).orElse(List.of());
  }

  /** The name for messages. */
  static String shown(MxDecision decision) {
    return Excerpt.of(decision.mxHost(), MAX_LENGTH_SHOWN);
  }
}
