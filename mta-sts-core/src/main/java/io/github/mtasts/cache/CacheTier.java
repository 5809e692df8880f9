// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.cache;

import io.github.mtasts.decision.Resolution;
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
   * @param isEnforced whether mail for the policy's domain is enforced, overrides included
   */
  public static CacheTier of(CacheEntry entry, Predicate<Resolution.InForce> isEnforced) {
    if (!(entry.resolution() instanceof Resolution.InForce policy)) {
      return NEGATIVE;
    }
    return policy.published().maxAge().compareTo(SHORT_LIVED) >= 0 && isEnforced.test(policy)
        ? ENFORCE
        : OTHER_POLICY;
  }
}
