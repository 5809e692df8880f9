package io.github.mtasts;

import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.PolicyMemory;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that is remembered of one domain; replaced as a whole, and only by its one flight.
 *
 * <p>Times are the monotonic ticker's: a wall clock that jumps neither expires a policy nor
 * prolongs it.
 *
 * @param resolution the ready answer
 * @param expiresAtNanos until when a policy binds; without meaning for negative answers
 * @param freshUntilNanos until when DNS need not be asked again
 * @param backOff failed fetches since the last good one; null if there are none
 * @param lastFetchNanos when the policy host was last asked; null if never
 * @param told the suspicion that listeners have already heard of this state; null if none
 */
record Knowledge(
    Resolution resolution,
    long expiresAtNanos,
    long freshUntilNanos,
    @Nullable BackOff backOff,
    @Nullable Long lastFetchNanos,
    @Nullable Suspicion told) {

  private static final int BASE_OCTETS = 200;
  private static final int MX_OCTETS = 64;
  private static final int EXTENSION_OCTETS = 96;

  boolean isFresh(long nowNanos) {
    return nowNanos - freshUntilNanos < 0;
  }

  /** The policy, if it is one and has time to live. RFC 8461 §3.2 */
  Optional<Resolution.InForce> policyAt(long nowNanos) {
    return isPolicyAt(nowNanos) ? Optional.of((Resolution.InForce) resolution) : Optional.empty();
  }

  /** Whether {@link #resolution} is the answer to a caller who does not want to wait. */
  boolean answersAt(long nowNanos) {
    return isPolicyAt(nowNanos) || (resolution instanceof Resolution.NoPolicy && isFresh(nowNanos));
  }

  boolean hasExpiredAt(long nowNanos) {
    return resolution instanceof Resolution.InForce && !isPolicyAt(nowNanos);
  }

  private boolean isPolicyAt(long nowNanos) {
    return resolution instanceof Resolution.InForce && nowNanos - expiresAtNanos < 0;
  }

  /** A new id may be fetched at any time; the same one only when its back-off is over. */
  boolean forbidsFetch(String id, long nowNanos) {
    return backOff != null && backOff.forbids(id, nowNanos);
  }

  /** How much memory it takes, roughly: texts at two octets a character, and what holds them. */
  int octets() {
    if (resolution instanceof Resolution.InForce policy) {
      Policy inForce = policy.inForce();
      return BASE_OCTETS
          + 2 * inForce.text().length()
          + MX_OCTETS * inForce.mx().size()
          + EXTENSION_OCTETS * inForce.extensions().size();
    }
    return resolution instanceof Resolution.NoPolicy none
        ? BASE_OCTETS + 2 * none.detail().length()
        : BASE_OCTETS;
  }

  PolicyMemory.Tier tier() {
    if (resolution instanceof Resolution.InForce policy) {
      return policy.inForce().mode() == PolicyMode.ENFORCE
          ? PolicyMemory.Tier.ENFORCE
          : PolicyMemory.Tier.OTHER_POLICY;
    }
    return PolicyMemory.Tier.NEGATIVE;
  }
}
