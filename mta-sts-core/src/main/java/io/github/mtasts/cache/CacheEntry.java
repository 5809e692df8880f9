// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.cache;

import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Suspicion;
import io.github.mtasts.policy.Policy;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * All that is remembered of one domain; replaced as a whole, and only by its one flight.
 *
 * <p>Times are the monotonic ticker's: a wall clock that jumps neither expires a policy nor
 * prolongs it.
 *
 * @param resolution the ready answer
 * @param expiresAtNanos until when a policy binds; without meaning for negative answers
 * @param freshUntilNanos until when DNS need not be asked again
 * @param history what became of fetches
 * @param told the suspicions that listeners have heard since DNS last confirmed the policy
 * @param usage when a message last needed it
 */
public record CacheEntry(
    Resolution resolution,
    long expiresAtNanos,
    long freshUntilNanos,
    FetchHistory history,
    Set<Suspicion> told,
    LastUse usage) {

  private static final int BASE_OCTETS = 200;
  private static final int MX_OCTETS = 64;
  private static final int EXTENSION_OCTETS = 96;

  public CacheEntry {
    told = Set.copyOf(told);
  }

  public boolean isFresh(long nowNanos) {
    return nowNanos - freshUntilNanos < 0;
  }

  /** The policy, if it is one and has time to live. RFC 8461 §3.2 */
  public Optional<Resolution.InForce> policyAt(long nowNanos) {
    return isPolicyAt(nowNanos) ? Optional.of((Resolution.InForce) resolution) : Optional.empty();
  }

  /** The policy, of knowledge that is known to hold one. */
  public Resolution.InForce inForce() {
    return (Resolution.InForce) resolution;
  }

  /** For how long a policy was to bind when it was fetched. */
  public Duration lifetime() {
    return Duration.between(inForce().fetchedAt(), inForce().expiresAt());
  }

  /** How long ago a policy was fetched, by the ticker. */
  public Duration age(long nowNanos) {
    return lifetime().minusNanos(expiresAtNanos - nowNanos);
  }

  /** Whether {@link #resolution} is the answer to a caller who does not want to wait. */
  public boolean answersAt(long nowNanos) {
    return isPolicyAt(nowNanos) || (resolution instanceof Resolution.NoPolicy && isFresh(nowNanos));
  }

  public boolean hasExpiredAt(long nowNanos) {
    return resolution instanceof Resolution.InForce && !isPolicyAt(nowNanos);
  }

  private boolean isPolicyAt(long nowNanos) {
    return resolution instanceof Resolution.InForce && nowNanos - expiresAtNanos < 0;
  }

  /** The same; that there is no policy is not believed for longer than until then. */
  public CacheEntry freshUntil(long latestNanos) {
    return resolution instanceof Resolution.InForce || freshUntilNanos - latestNanos <= 0
        ? this
        : new CacheEntry(resolution, latestNanos, latestNanos, history, told, usage);
  }

  /** How much memory it takes, roughly: texts at two octets a character, and what holds them. */
  public int octets() {
    if (resolution instanceof Resolution.InForce policy) {
      Policy inForce = policy.published();
      return BASE_OCTETS
          + 2 * inForce.text().length()
          + MX_OCTETS * inForce.mx().size()
          + EXTENSION_OCTETS * inForce.extensions().size();
    }
    return resolution instanceof Resolution.NoPolicy none
        ? BASE_OCTETS + 2 * none.detail().length()
        : BASE_OCTETS;
  }
}
