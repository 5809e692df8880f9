// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A bounded in-memory cache with a separate budget for each tier, in entries.
 *
 * <p>Within a tier the least frequently read entries are evicted first; no tier evicts entries of
 * another. Entries carry their own expiry, so a read needs no clock. Thread-safe; starts no
 * threads.
 *
 * @param <V> the entry of a domain
 */
public final class PolicyCache<V> {
  /** The budget for large policies is this part of the one for policies in enforce. */
  private static final int LARGE_PART = 100;

  private final Map<CacheTier, Cache<String, V>> tiers = new EnumMap<>(CacheTier.class);

  /** In the order in which they are searched: the most frequent first. */
  private final List<Cache<String, V>> inOrder;

  /**
   * Sets the budgets.
   *
   * @param enforcePolicies how many policies in enforce that several messages needed, and as many
   *     again that one message needed; at least 1
   * @param otherPolicies how many policies in testing or none; at least 1
   * @param negativeAnswers how many negative answers; at least 1
   */
  public PolicyCache(int enforcePolicies, int otherPolicies, int negativeAnswers) {
    tiers.put(CacheTier.ENFORCE, bounded(enforcePolicies));
    tiers.put(CacheTier.ENFORCE_USED_ONCE, bounded(enforcePolicies));
    tiers.put(CacheTier.OTHER_POLICY, bounded(otherPolicies));
    tiers.put(CacheTier.LARGE_POLICY, bounded(Math.max(1, enforcePolicies / LARGE_PART)));
    tiers.put(CacheTier.NEGATIVE, bounded(negativeAnswers));
    inOrder = List.copyOf(tiers.values());
  }

  private static <V> Cache<String, V> bounded(int entries) {
    return Caffeine.newBuilder()
        .maximumSize(entries)
        .executor(Runnable::run) // also for maintenance: stay off the common pool
        .build();
  }

  /**
   * Returns the entry of a domain, or null.
   *
   * @param domain the policy domain in its canonical form
   */
  public @Nullable V get(String domain) {
    for (int i = 0; i < inOrder.size(); i++) { // no iterator: this is the hot path
      V entry = inOrder.get(i).getIfPresent(domain);
      if (entry != null) {
        return entry;
      }
    }
    return null;
  }

  /**
   * Caches an entry; an entry of the domain in another tier is removed.
   *
   * @param domain the policy domain in its canonical form
   * @param tier the tier whose budget it counts against
   * @param entry the entry to cache
   */
  public void put(String domain, CacheTier tier, V entry) {
    // The new entry first, so that no reader misses the domain in between.
    of(tier).put(domain, entry);
    for (Cache<String, V> other : inOrder) {
      if (other != of(tier)) {
        other.invalidate(domain);
      }
    }
  }

  /**
   * Removes the entry of a domain.
   *
   * @param domain the policy domain in its canonical form
   * @return whether there was an entry
   */
  public boolean remove(String domain) {
    boolean removed = false;
    for (Cache<String, V> tier : inOrder) {
      removed |= tier.asMap().remove(domain) != null;
    }
    return removed;
  }

  /**
   * Visits the entry of every domain with a policy, in no particular order; does not count as a
   * read. Entries that are added or removed meanwhile may be missed or visited twice.
   *
   * @param visitor receives the domain and its entry
   */
  public void forEachPolicy(BiConsumer<String, V> visitor) {
    tiers.forEach(
        (tier, entries) -> {
          if (tier != CacheTier.NEGATIVE) {
            entries.asMap().forEach(visitor);
          }
        });
  }

  /** Removes every negative answer. */
  public void removeNegativeAnswers() {
    of(CacheTier.NEGATIVE).invalidateAll();
  }

  /** Returns how many entries a tier holds, after overdue evictions. */
  public long size(CacheTier tier) {
    of(tier).cleanUp();
    return of(tier).estimatedSize();
  }

  private Cache<String, V> of(CacheTier tier) {
    return Objects.requireNonNull(tiers.get(tier));
  }
}
