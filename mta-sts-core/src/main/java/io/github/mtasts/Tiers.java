package io.github.mtasts;

import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.memory.PolicyMemory.Tier;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * Which budget of memory knowledge counts against: what the operator enforces is kept with what is
 * published in enforce, for losing it is a downgrade as well.
 *
 * <p>Judged when something is remembered: an override that comes or goes later counts from the next
 * look at the domain, or its next renewal.
 *
 * @param overrides the operator's word at this moment
 */
record Tiers(Supplier<OverrideTable> overrides, InstantSource clock) {
  /**
   * Policies that live shorter than this are remembered with those that bind nobody: a domain that
   * renews its policy every hour loses little, and a flood of them costs the others nothing.
   */
  private static final Duration WORTH_KEEPING = Duration.ofDays(1);

  Tier of(Knowledge known) {
    if (known.resolution() instanceof Resolution.InForce policy) {
      return policy.inForce().maxAge().compareTo(WORTH_KEEPING) >= 0
              && isEnforced(policy.domain(), policy.inForce())
          ? Tier.ENFORCE
          : Tier.OTHER_POLICY;
    }
    return Tier.NEGATIVE;
  }

  /** One that weakens a policy leaves it where it is: it ends one day. */
  private boolean isEnforced(String domain, Policy published) {
    return published.mode() == PolicyMode.ENFORCE
        || overrides
            .get()
            .find(domain, clock.instant())
            .filter(override -> override.modeInsteadOf(published.mode()) == PolicyMode.ENFORCE)
            .isPresent();
  }
}
