// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.cache;

import io.github.mtasts.decision.Resolution;
import io.github.mtasts.policy.PolicyMode;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * A part of the cache with a budget of its own: its entries compete for room with each other only.
 */
public enum CacheTier {
  /** Policies in mode enforce: evicting one is a downgrade. */
  ENFORCE,
  /** Policies in mode testing or none. */
  OTHER_POLICY,
  /** Negative answers: there is no policy, or none could be fetched. */
  NEGATIVE;

  /**
   * Policies with a shorter max_age share the budget of the others: a domain that renews its policy
   * every hour loses little by an eviction, and a flood of such policies evicts no other domain's.
   */
  private static final Duration SHORT_LIVED = Duration.ofDays(1);

  /**
   * Selects the tier of an entry. Decided when the entry is written: an override that starts or
   * ends later counts from the next lookup or renewal.
   *
   * @param isEnforcedByOverride whether an override enforces the policy; asked only if its own mode
   *     does not, because overrides may be read from a file
   */
  public static CacheTier of(CacheEntry entry, Predicate<Resolution.InForce> isEnforcedByOverride) {
    if (!(entry.resolution() instanceof Resolution.InForce policy)) {
      return NEGATIVE;
    }
    // An override that weakens a policy will end, so the published mode counts first.
    boolean isEnforced =
        policy.published().mode() == PolicyMode.ENFORCE || isEnforcedByOverride.test(policy);
    return isEnforced && policy.published().maxAge().compareTo(SHORT_LIVED) >= 0
        ? ENFORCE
        : OTHER_POLICY;
  }
}
