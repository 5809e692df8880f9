// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.MxPattern;
import java.util.Optional;

/** From what is known about a domain, and an MX host, to a decision. RFC 8461 §5 */
final class Decisions {
  private Decisions() {}

  static MxDecision under(Resolution.InForce resolution, String mxHost) {
    Optional<DomainName> name = hostName(mxHost);
    // RFC 8461 §4.1: the name in the MX record is compared, not what it is an alias for.
    Optional<MxPattern> listed = name.flatMap(resolution::match);
    return new MxDecision(
        resolution,
        name.map(DomainName::value).orElse(mxHost),
        inPractice(meant(resolution, listed), resolution.settings()),
        listed);
  }

  static MxDecision without(Resolution.NoPolicy resolution, String mxHost) {
    return new MxDecision(
        resolution,
        hostName(mxHost).map(DomainName::value).orElse(mxHost),
        resolution.asksToDefer() ? Requirement.REFUSED : Requirement.OPPORTUNISTIC,
        Optional.empty());
  }

  /** What is asked for where nothing keeps this sender from insisting on it. */
  static Requirement meant(Resolution resolution, Optional<MxPattern> listed) {
    if (resolution instanceof Resolution.InForce policy) {
      return switch (policy.effectiveMode()) {
        case NONE -> Requirement.OPPORTUNISTIC;
        case TESTING -> Requirement.TESTING;
        // RFC 8461 §5: no delivery to a host that fails MX matching.
        case ENFORCE -> listed.isPresent() ? Requirement.ENFORCED : Requirement.REFUSED;
      };
    }
    return ((Resolution.NoPolicy) resolution).wouldDefer()
        ? Requirement.REFUSED
        : Requirement.OPPORTUNISTIC;
  }

  /** Testing is what shadow mode makes of enforce: all is evaluated and nothing is blocked. */
  private static Requirement inPractice(Requirement meant, MxTlsSettings settings) {
    boolean blocks = meant == Requirement.ENFORCED || meant == Requirement.REFUSED;
    return blocks && settings.isShadow() ? Requirement.TESTING : meant;
  }

  /** The exchange of an MX record is the attacker's to choose, so rubbish is no error here. */
  private static Optional<DomainName> hostName(String mxHost) {
    try {
      return Optional.of(DomainNames.parse(mxHost));
    } catch (IllegalArgumentException notAName) {
      return Optional.empty();
    }
  }
}
