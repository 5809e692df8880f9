// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.resolver;

import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.FetchHistory;
import io.github.mtasts.decision.Problem;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.Suspicion;
import io.github.mtasts.policy.PolicyMode;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/** Watches transitions for what an attacker would like to happen, and tells the listener. */
final class TransitionEvents {
  private static final int COLLAPSE = 10;
  private static final int FIRST_ALARM = 3;

  private final ResolverListener listener;

  TransitionEvents(ResolverListener listener) {
    this.listener = listener;
  }

  void recordChecked(LookupState step) {
    if (step.wanted().getAsBoolean()) {
      listener.recordChecked(step.domain().value(), step.found().answer());
    }
  }

  /**
   * Tells of a policy that ran out between two moments, once.
   *
   * @param earlier whether it had run out already, and was told
   */
  void expired(LookupState step, boolean earlier) {
    CacheEntry before = step.before();
    if (!earlier
        && step.wanted().getAsBoolean()
        && before != null
        && before.hasExpiredAt(step.nowNanos())
        && before.resolution() instanceof Resolution.InForce old) {
      listener.policyExpired(old);
    }
  }

  void fetched(LookupState step, Resolution.InForce live) {
    if (step.wanted().getAsBoolean()) {
      step.policy().ifPresent(old -> compare(old, live));
      listener.policyFetched(live);
    }
  }

  /** As {@link #fetched}, where another node of the fleet did the fetching. */
  void replaced(LookupState step, Resolution.InForce live) {
    if (step.wanted().getAsBoolean()) {
      step.policy().ifPresent(old -> compare(old, live));
    }
  }

  /** RFC 8461 §10.2: an alarm long before expiry, at the third failure and each double of that. */
  void refreshFailing(LookupState step, Problem problem, FetchHistory history) {
    int failures = history.failuresInARow();
    boolean alarming = failures % FIRST_ALARM == 0 && Integer.bitCount(failures / FIRST_ALARM) == 1;
    if (alarming && step.wanted().getAsBoolean()) {
      step.policy()
          .filter(policy -> !isNone(policy))
          .ifPresent(policy -> listener.refreshFailing(policy, problem, failures));
    }
  }

  private void compare(Resolution.InForce old, Resolution.InForce live) {
    PolicyMode mode = live.published().mode();
    if (old.published().mode() == PolicyMode.ENFORCE && mode != PolicyMode.ENFORCE) {
      listener.suspicious(
          Suspicion.ENFORCE_WEAKENED,
          old,
          "mode: expected enforce as before, found " + mode.label() + " under id " + live.id());
    }
    Duration before = old.published().maxAge();
    Duration after = live.published().maxAge();
    if (after.multipliedBy(COLLAPSE).compareTo(before) < 0) {
      listener.suspicious(
          Suspicion.MAX_AGE_COLLAPSED,
          old,
          "max_age: expected about "
              + before.toSeconds()
              + " s, found "
              + after.toSeconds()
              + " s");
    }
  }

  /** RFC 8461 §3.3 and §6: nobody is alarmed about a domain that has left MTA-STS. */
  void fetchFailed(LookupState step, Problem problem) {
    if (step.wanted().getAsBoolean() && step.policy().filter(TransitionEvents::isNone).isEmpty()) {
      listener.fetchFailed(step.domain().value(), problem);
    }
  }

  Set<Suspicion> unconfirmed(LookupState step, Resolution.InForce policy, String detail) {
    return switch (step.status()) {
      case ABSENT -> tell(step, Suspicion.RECORD_VANISHED, policy, detail);
      case INVALID -> tell(step, Suspicion.RECORD_INVALID, policy, detail);
      case FOUND, UNAVAILABLE -> step.told();
    };
  }

  Set<Suspicion> notFetched(LookupState step, Resolution.InForce policy, String id, String detail) {
    return id.equals(policy.id())
        ? step.told()
        : tell(step, Suspicion.ID_CHANGED_BUT_NOT_FETCHED, policy, detail);
  }

  /** Each suspicion is told once until DNS confirms the policy again. */
  private Set<Suspicion> tell(
      LookupState step, Suspicion suspicion, Resolution.InForce policy, String detail) {
    if (!step.told().contains(suspicion) && !isNone(policy) && step.wanted().getAsBoolean()) {
      listener.suspicious(suspicion, policy, detail);
    }
    EnumSet<Suspicion> told = EnumSet.of(suspicion);
    told.addAll(step.told());
    return told;
  }

  private static boolean isNone(Resolution.InForce policy) {
    return policy.published().mode() == PolicyMode.NONE;
  }
}
