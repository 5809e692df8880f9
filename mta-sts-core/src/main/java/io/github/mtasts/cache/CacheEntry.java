// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.cache;

import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Suspicion;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Everything cached about one domain. Immutable: the domain's running lookup replaces it as a
 * whole.
 *
 * <p>Times are those of the monotonic ticker: a wall clock that jumps neither expires a policy nor
 * extends its lifetime.
 *
 * @param resolution the answer to callers
 * @param expiresAtNanos when a policy expires; meaningless for negative answers
 * @param freshUntilNanos when a lookup is due again
 * @param recordUntilNanos when DNS must be asked again; later than {@code freshUntilNanos} for "no
 *     policy" if a store must be asked sooner
 * @param history the recent fetches and the back-off
 * @param reported the suspicions reported to listeners since DNS last confirmed the policy
 * @param lastUse when a message last needed the domain
 */
public record CacheEntry(
    Resolution resolution,
    long expiresAtNanos,
    long freshUntilNanos,
    long recordUntilNanos,
    FetchHistory history,
    Set<Suspicion> reported,
    LastUse lastUse) {

  public CacheEntry {
    reported = Set.copyOf(reported);
  }

  /** The entry of a policy. */
  public static CacheEntry ofPolicy(
      Resolution.InForce policy,
      long expiresAtNanos,
      long freshUntilNanos,
      FetchHistory history,
      Set<Suspicion> reported,
      LastUse lastUse) {
    return new CacheEntry(
        policy, expiresAtNanos, freshUntilNanos, freshUntilNanos, history, reported, lastUse);
  }

  /** The entry of a domain without a policy, or of which that could not be found out. */
  public static CacheEntry withoutPolicy(
      Resolution answer,
      long freshUntilNanos,
      long recordUntilNanos,
      FetchHistory history,
      LastUse lastUse) {
    return new CacheEntry(
        answer, freshUntilNanos, freshUntilNanos, recordUntilNanos, history, Set.of(), lastUse);
  }

  /** Whether no lookup is due yet. */
  public boolean isFresh(long nowNanos) {
    return nowNanos - freshUntilNanos < 0;
  }

  /** The policy, if there is one and it has not expired. RFC 8461 §3.2 */
  public Optional<Resolution.InForce> policyAt(long nowNanos) {
    return isPolicyAt(nowNanos) ? Optional.of((Resolution.InForce) resolution) : Optional.empty();
  }

  /** The policy, expired or not; only for an entry that is known to have one. */
  public Resolution.InForce inForce() {
    return (Resolution.InForce) resolution;
  }

  /** The policy's lifetime, counted from its fetch. */
  public Duration lifetime() {
    return Duration.between(inForce().fetchedAt(), inForce().expiresAt());
  }

  /** How long ago the policy was fetched, by the ticker. */
  public Duration age(long nowNanos) {
    return lifetime().minusNanos(expiresAtNanos - nowNanos);
  }

  /** Whether {@link #resolution} can be returned without a lookup. */
  public boolean answersAt(long nowNanos) {
    return isPolicyAt(nowNanos)
        || (!(resolution instanceof Resolution.InForce) && isFresh(nowNanos));
  }

  /** Whether DNS said that there is no policy, and need not be asked again yet. */
  public boolean isNoPolicyUntilRecordEnds(long nowNanos) {
    return resolution instanceof Resolution.NoPolicy && nowNanos - recordUntilNanos < 0;
  }

  /** Whether it has a policy, and that has expired. */
  public boolean hasExpiredAt(long nowNanos) {
    return resolution instanceof Resolution.InForce && !isPolicyAt(nowNanos);
  }

  private boolean isPolicyAt(long nowNanos) {
    return resolution instanceof Resolution.InForce && nowNanos - expiresAtNanos < 0;
  }
}
