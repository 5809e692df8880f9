package io.github.mtasts;

import java.util.Optional;

/** From a resolution and an MX host to a decision. */
final class Decisions {
  private Decisions() {}

  static MxDecision under(Resolution.InForce resolution, String mxHost) {
    return new MxDecision(
        resolution.domain(),
        mxHost,
        Requirement.REFUSED,
        Optional.empty(),
        "",
        resolution.settings());
  }

  static MxDecision without(Resolution.NoPolicy resolution, String mxHost) {
    return new MxDecision(
        resolution.domain(),
        mxHost,
        Requirement.OPPORTUNISTIC,
        Optional.empty(),
        "",
        resolution.settings());
  }

  static String explain(Resolution resolution) {
    return resolution.domain();
  }
}
