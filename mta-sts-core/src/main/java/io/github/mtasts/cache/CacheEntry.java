// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.cache;

import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Suspicion;
import io.github.mtasts.policy.Policy;
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
 * @param freshUntilNanos when DNS must be asked again
 * @param history the recent fetches and the back-off
 * @param reported the suspicions reported to listeners since DNS last confirmed the policy
 * @param lastUse when a message last needed the domain
 */
public record CacheEntry(
    Resolution resolution,
    long expiresAtNanos,
    long freshUntilNanos,
    FetchHistory history,
    Set<Suspicion> reported,
    LastUse lastUse) {

  private static final int BASE_OCTETS = 200;
  private static final int MX_OCTETS = 64;
  private static final int EXTENSION_OCTETS = 96;

  public CacheEntry {
    reported = Set.copyOf(reported);
  }

  /** Whether DNS need not be asked again yet. */
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
    return isPolicyAt(nowNanos) || (resolution instanceof Resolution.NoPolicy && isFresh(nowNanos));
  }

  /** Whether it has a policy, and that has expired. */
  public boolean hasExpiredAt(long nowNanos) {
    return resolution instanceof Resolution.InForce && !isPolicyAt(nowNanos);
  }

  private boolean isPolicyAt(long nowNanos) {
    return resolution instanceof Resolution.InForce && nowNanos - expiresAtNanos < 0;
  }

  /** Returns the same entry; a negative answer is fresh until then at most. */
  public CacheEntry freshUntil(long latestNanos) {
    return resolution instanceof Resolution.InForce || freshUntilNanos - latestNanos <= 0
        ? this
        : new CacheEntry(resolution, latestNanos, latestNanos, history, reported, lastUse);
  }

  /** Estimates its size in octets of heap: two for each character of text, and the objects. */
  public int estimatedSize() {
    if (resolution instanceof Resolution.InForce inForce) {
      Policy policy = inForce.published();
      return BASE_OCTETS
          + 2 * policy.text().length()
          + MX_OCTETS * policy.mx().size()
          + EXTENSION_OCTETS * policy.extensions().size();
    }
    return resolution instanceof Resolution.NoPolicy none
        ? BASE_OCTETS + 2 * none.detail().length()
        : BASE_OCTETS;
  }
}
