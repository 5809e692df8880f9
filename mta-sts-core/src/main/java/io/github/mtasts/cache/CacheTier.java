// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.cache;

import io.github.mtasts.decision.Resolution;
import io.github.mtasts.policy.PolicyMode;
import java.util.function.Predicate;

/**
 * A part of the cache with a budget of its own: its entries compete for room with each other only.
 */
public enum CacheTier {
  /**
   * Policies in mode enforce that at least two messages needed. Evicting one is a downgrade, and
   * domains that an attacker makes up do not get here by one message each.
   */
  ENFORCE,
  /** Policies in mode enforce that one message needed. */
  ENFORCE_USED_ONCE,
  /** Policies in mode testing or none. */
  OTHER_POLICY,
  /** Policies of any mode with a long text: few are honest, and each takes much memory. */
  LARGE_POLICY,
  /** Negative answers: there is no policy, or that could not be found out. */
  NEGATIVE;

  /** A longer policy text, in characters, counts against a budget of its own. */
  static final int LARGE_TEXT = 8_192;

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
    if (policy.published().text().length() > LARGE_TEXT) {
      return LARGE_POLICY;
    }
    // An override that weakens a policy will end, so the published mode counts first.
    boolean isEnforced =
        policy.published().mode() == PolicyMode.ENFORCE || isEnforcedByOverride.test(policy);
    if (!isEnforced) {
      return OTHER_POLICY;
    }
    return entry.lastUse().isUsedTwice() ? ENFORCE : ENFORCE_USED_ONCE;
  }
}
