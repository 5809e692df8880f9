// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.MxPattern;
import java.util.Optional;

/** Decides about one MX host, by what is known about the domain. RFC 8461 §5 */
final class Decisions {
  private Decisions() {}

  static MxDecision under(Resolution.InForce resolution, String mxHost) {
    Optional<DomainName> name = hostName(mxHost);
    // RFC 8461 §4.1: the name in the MX record is compared, not what it is an alias for.
    Optional<MxPattern> listed = name.flatMap(resolution::match);
    return new MxDecision(
        resolution,
        name.map(DomainName::value).orElse(mxHost),
        withShadow(outsideShadow(resolution, listed), resolution.settings()),
        listed);
  }

  static MxDecision without(Resolution resolution, String mxHost) {
    boolean mustWait =
        resolution instanceof Resolution.Undetermined undetermined && undetermined.asksToDefer();
    return new MxDecision(
        resolution,
        hostName(mxHost).map(DomainName::value).orElse(mxHost),
        mustWait ? Requirement.REFUSED : Requirement.OPPORTUNISTIC,
        Optional.empty());
  }

  /** The requirement outside shadow mode. */
  static Requirement outsideShadow(Resolution resolution, Optional<MxPattern> listed) {
    if (resolution instanceof Resolution.InForce policy) {
      return switch (policy.effectiveMode()) {
        case NONE -> Requirement.OPPORTUNISTIC;
        case TESTING -> Requirement.TESTING;
        // RFC 8461 §5: no delivery to a host that fails MX matching.
        case ENFORCE -> listed.isPresent() ? Requirement.ENFORCED : Requirement.REFUSED;
      };
    }
    return resolution instanceof Resolution.Undetermined undetermined && undetermined.defers()
        ? Requirement.REFUSED
        : Requirement.OPPORTUNISTIC;
  }

  /** Shadow mode evaluates a policy in enforce like one in testing, so nothing is blocked. */
  private static Requirement withShadow(Requirement requirement, MxTlsSettings settings) {
    boolean blocks = requirement == Requirement.ENFORCED || requirement == Requirement.REFUSED;
    return blocks && settings.isShadow() ? Requirement.TESTING : requirement;
  }

  /** An attacker can choose the exchange of an MX record, so an invalid name is no error here. */
  private static Optional<DomainName> hostName(String mxHost) {
    try {
      return Optional.of(DomainNames.parse(mxHost));
    } catch (IllegalArgumentException notAName) {
      return Optional.empty();
    }
  }
}
