// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A bounded in-memory cache with a separate budget for each tier.
 *
 * <p>Budgets are in units: an entry counts one unit for each {@value #UNIT_OCTETS} octets begun.
 * Nearly all entries count one; a few huge policies cannot displace thousands. Within a tier the
 * least frequently read entries are evicted first; no tier evicts entries of another. Entries carry
 * their own expiry, so a read needs no clock. Thread-safe; starts no threads.
 *
 * @param <V> the entry of a domain
 */
public final class PolicyCache<V> {

  /**
   * Estimates how much memory an entry takes.
   *
   * @param <V> the entry of a domain
   */
  @FunctionalInterface
  public interface Weigher<V> {
    /**
     * Estimates the size. Called once for each {@link #put}; must be fast and must not throw.
     *
     * @param entry the entry to be cached
     * @return octets of heap, roughly; zero or more
     */
    int sizeOf(V entry);
  }

  /** How many octets one unit of a budget stands for: {@value}. */
  private static final int UNIT_OCTETS = 2_048;

  private final Weigher<V> weigher;
  private final Cache<String, V> enforce;
  private final Map<CacheTier, Cache<String, V>> tiers;

  /**
   * Sets the budgets.
   *
   * @param enforcePolicies the budget for policies in enforce, in units; at least 1
   * @param otherPolicies the budget for policies in testing or none, in units; at least 1
   * @param negativeAnswers the budget for negative answers, in units; at least 1
   * @param weigher estimates the size of an entry; thread-safe
   */
  public PolicyCache(
      int enforcePolicies, int otherPolicies, int negativeAnswers, Weigher<V> weigher) {
    this.weigher = weigher;
    this.enforce = bounded(enforcePolicies);
    this.tiers = new EnumMap<>(CacheTier.class);
    tiers.put(CacheTier.ENFORCE, enforce);
    tiers.put(CacheTier.OTHER_POLICY, bounded(otherPolicies));
    tiers.put(CacheTier.NEGATIVE, bounded(negativeAnswers));
  }

  private Cache<String, V> bounded(int budget) {
    return Caffeine.newBuilder()
        .maximumWeight(budget)
        .weigher((String domain, V entry) -> units(entry, budget))
        .executor(Runnable::run) // also for maintenance: stay off the common pool
        .build();
  }

  /**
   * The whole budget at most, so that a very large policy is cached, and protects, all the same.
   */
  private int units(V entry, int budget) {
    int octets = weigher.sizeOf(entry);
    int begun = octets / UNIT_OCTETS + (octets % UNIT_OCTETS > 0 ? 1 : 0);
    return Math.min(Math.max(1, begun), budget);
  }

  /**
   * Returns the entry of a domain, or null.
   *
   * @param domain the policy domain in its canonical form
   */
  public @Nullable V get(String domain) {
    V entry = enforce.getIfPresent(domain);
    if (entry != null) {
      return entry;
    }
    entry = of(CacheTier.OTHER_POLICY).getIfPresent(domain);
    return entry != null ? entry : of(CacheTier.NEGATIVE).getIfPresent(domain);
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
    for (Map.Entry<CacheTier, Cache<String, V>> other : tiers.entrySet()) {
      if (other.getKey() != tier) {
        other.getValue().invalidate(domain);
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
    for (Cache<String, V> tier : tiers.values()) {
      removed |= tier.asMap().remove(domain) != null;
    }
    return removed;
  }

  /**
   * Visits every entry of a tier, in no particular order; does not count as a read. Entries that
   * are added or removed meanwhile may be missed.
   *
   * @param tier the tier
   * @param visitor receives the domain and its entry
   */
  public void forEach(CacheTier tier, BiConsumer<String, V> visitor) {
    of(tier).asMap().forEach(visitor);
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
