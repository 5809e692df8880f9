package io.github.mtasts;

import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.MxPattern;
import io.github.mtasts.policy.PolicyMode;
import java.util.Optional;

/** From what is known about a domain, and an MX host, to a decision. RFC 8461 §5 */
final class Decisions {
  private Decisions() {}

  static MxDecision under(Resolution.InForce resolution, String mxHost) {
    Optional<DomainName> name = hostName(mxHost);
    // RFC 8461 §4.1: the name in the MX record is compared, not what it is an alias for.
    Optional<MxPattern> listed = name.flatMap(resolution.inForce()::match);
    return new MxDecision(
        resolution,
        name.map(DomainName::value).orElse(mxHost),
        requirement(resolution.inForce().mode(), listed.isPresent()),
        listed);
  }

  static MxDecision without(Resolution.NoPolicy resolution, String mxHost) {
    return new MxDecision(
        resolution,
        hostName(mxHost).map(DomainName::value).orElse(mxHost),
        resolution.asksToDefer() ? Requirement.REFUSED : Requirement.OPPORTUNISTIC,
        Optional.empty());
  }

  private static Requirement requirement(PolicyMode mode, boolean listed) {
    return switch (mode) {
      case NONE -> Requirement.OPPORTUNISTIC;
      case TESTING -> Requirement.TESTING;
      // RFC 8461 §5: no delivery to a host that fails MX matching.
      case ENFORCE -> listed ? Requirement.ENFORCED : Requirement.REFUSED;
    };
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
