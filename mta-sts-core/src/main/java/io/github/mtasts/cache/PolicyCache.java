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
 * Bounded memory with a budget of its own for each tier.
 *
 * <p>Budgets are in units: an entry counts once for each {@value #UNIT_OCTETS} octets begun, which
 * is once for nearly all, so that a few huge policies cannot take the room of thousands. Within a
 * tier the entries that are asked for least often make room first; no tier ever makes room for
 * another. Entries carry their own expiry: asking costs no look at a clock here. Safe for use by
 * several threads; no threads of its own.
 *
 * @param <V> what is remembered of a domain
 */
public final class PolicyCache<V> {

  /**
   * Estimates how much memory an entry takes.
   *
   * @param <V> what is remembered of a domain
   */
  @FunctionalInterface
  public interface Weigher<V> {
    /**
     * Estimates; called once for each {@link #put}, so it is quick, and must not throw.
     *
     * @param knowledge what is remembered
     * @return octets of heap, roughly; zero or more
     */
    int octets(V knowledge);
  }

  /** How many octets one unit of a budget stands for: {@value}. */
  public static final int UNIT_OCTETS = 2_048;

  private final Weigher<V> weigher;
  private final Cache<String, V> enforce;
  private final Map<CacheTier, Cache<String, V>> tiers;

  /**
   * Sets the budgets.
   *
   * @param enforcePolicies how many units of policies in enforce are kept at most, at least 1
   * @param otherPolicies how many units of policies in testing or none, at least 1
   * @param negativeAnswers how many units of negative answers, at least 1
   * @param weigher estimates how much memory an entry takes; safe for use by several threads
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

  private Cache<String, V> bounded(int most) {
    return Caffeine.newBuilder()
        .maximumWeight(most)
        .weigher((String domain, V knowledge) -> units(knowledge, most))
        .executor(Runnable::run) // maintenance too: the common pool is not ours to use
        .build();
  }

  /** Never more than the whole budget: a policy too large to be remembered would protect nobody. */
  private int units(V knowledge, int most) {
    int octets = weigher.octets(knowledge);
    int begun = octets / UNIT_OCTETS + (octets % UNIT_OCTETS > 0 ? 1 : 0);
    return Math.min(Math.max(1, begun), most);
  }

  /**
   * Returns what is remembered of a domain.
   *
   * @param domain the policy domain in its canonical form
   */
  public @Nullable V get(String domain) {
    V known = enforce.getIfPresent(domain);
    if (known != null) {
      return known;
    }
    known = of(CacheTier.OTHER_POLICY).getIfPresent(domain);
    return known != null ? known : of(CacheTier.NEGATIVE).getIfPresent(domain);
  }

  /**
   * Remembers; whatever was known of the domain in another tier is forgotten.
   *
   * @param domain the policy domain in its canonical form
   * @param tier which budget it counts against
   * @param knowledge what is known
   */
  public void put(String domain, CacheTier tier, V knowledge) {
    // The new entry first, so that no reader finds the domain unknown in between.
    of(tier).put(domain, knowledge);
    for (Map.Entry<CacheTier, Cache<String, V>> other : tiers.entrySet()) {
      if (other.getKey() != tier) {
        other.getValue().invalidate(domain);
      }
    }
  }

  /**
   * Forgets a domain.
   *
   * @param domain the policy domain in its canonical form
   * @return whether something was remembered
   */
  public boolean remove(String domain) {
    boolean known = false;
    for (Cache<String, V> tier : tiers.values()) {
      known |= tier.asMap().remove(domain) != null;
    }
    return known;
  }

  /**
   * Shows every entry of a tier, in no order; does not count as asking for it. Entries that come or
   * go meanwhile may be missed.
   *
   * @param tier which
   * @param visitor is given the domain and what is known of it
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
