// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.resolver;

import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.FetchHistory;
import io.github.mtasts.decision.OwnTrouble;
import io.github.mtasts.decision.Problem;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.Suspicion;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.policy.PolicyMode;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * Reports the events of a lookup to the listener, suspicious changes included. An abandoned lookup
 * reports nothing. Thread-safe.
 */
final class TransitionEvents {
  private static final int COLLAPSE_FACTOR = 10;
  private static final int FIRST_REPORT = 3;

  private final ResolverListener listener;

  TransitionEvents(ResolverListener listener) {
    this.listener = listener;
  }

  /** Reports trouble of this sender; not that of DNS, and not that it is closing. */
  void ownTrouble(Cause cause, String detail) {
    if (cause == Cause.BUSY) {
      listener.ownTrouble(OwnTrouble.BUSY, detail);
    } else if (cause == Cause.INTERNAL_ERROR) {
      listener.ownTrouble(OwnTrouble.INTERNAL_ERROR, detail);
    }
  }

  void recordChecked(LookupState state) {
    if (state.wanted().getAsBoolean()) {
      listener.recordChecked(state.domain().value(), state.found().answer());
    }
  }

  /**
   * Reports, once, that a policy has expired.
   *
   * @param alreadyReported whether an earlier step of this lookup has reported it
   */
  void expired(LookupState state, boolean alreadyReported) {
    CacheEntry before = state.before();
    if (!alreadyReported
        && state.wanted().getAsBoolean()
        && before != null
        && before.hasExpiredAt(state.nowNanos())
        && before.resolution() instanceof Resolution.InForce old) {
      listener.policyExpired(old);
    }
  }

  void fetched(LookupState state, Resolution.InForce live) {
    if (state.wanted().getAsBoolean()) {
      state.policy().ifPresent(old -> reportWeakening(old, live));
      listener.policyFetched(live);
    }
  }

  /** As {@link #fetched}, for a policy that another node fetched. */
  void replaced(LookupState state, Resolution.InForce live) {
    if (state.wanted().getAsBoolean()) {
      state.policy().ifPresent(old -> reportWeakening(old, live));
    }
  }

  /** RFC 8461 §10.2: warns long before expiry, at failure 3, 6, 12 and so on. */
  void refreshFailing(LookupState state, Problem problem, FetchHistory history) {
    int failures = history.failuresInARow();
    boolean isDue = failures % FIRST_REPORT == 0 && Integer.bitCount(failures / FIRST_REPORT) == 1;
    if (isDue && state.wanted().getAsBoolean()) {
      state
          .policy()
          .filter(policy -> !isNone(policy))
          .ifPresent(policy -> listener.refreshFailing(policy, problem, failures));
    }
  }

  private void reportWeakening(Resolution.InForce old, Resolution.InForce live) {
    PolicyMode mode = live.published().mode();
    if (isEnforce(old) && mode != PolicyMode.ENFORCE) {
      listener.suspicious(
          Suspicion.ENFORCE_WEAKENED,
          old,
          "mode: expected enforce as before, found " + mode.label() + " under id " + live.id());
    }
    if (isEnforce(old) && live.published().mode() != PolicyMode.NONE && sharesNoHost(old, live)) {
      listener.suspicious(
          Suspicion.MX_LIST_REPLACED,
          old,
          "mx: expected some of %s, found %s under id %s"
              .formatted(hosts(old), hosts(live), live.id()));
    }
    Duration before = old.published().maxAge();
    Duration after = live.published().maxAge();
    if (after.multipliedBy(COLLAPSE_FACTOR).compareTo(before) < 0) {
      listener.suspicious(
          Suspicion.MAX_AGE_COLLAPSED,
          old,
          "max_age: expected about %d s, found %d s"
              .formatted(before.toSeconds(), after.toSeconds()));
    }
  }

  /** RFC 8461 §3.3 and §6: no report about a domain in mode none, which has left MTA-STS. */
  void fetchFailed(LookupState state, Problem problem) {
    if (state.wanted().getAsBoolean()
        && state.policy().filter(TransitionEvents::isNone).isEmpty()) {
      listener.fetchFailed(state.domain().value(), problem);
    }
  }

  /** Reports that DNS no longer has a valid record; returns the suspicions reported so far. */
  Set<Suspicion> unconfirmed(LookupState state, Resolution.InForce policy, String detail) {
    return switch (state.status()) {
      case ABSENT -> suspect(state, Suspicion.RECORD_VANISHED, policy, detail);
      case INVALID -> suspect(state, Suspicion.RECORD_INVALID, policy, detail);
      case FOUND, UNAVAILABLE -> state.reported();
    };
  }

  /** Reports that DNS has a new id without a policy; returns the suspicions reported so far. */
  Set<Suspicion> notFetched(LookupState state, String id, Problem problem) {
    Resolution.InForce policy = state.policy().orElseThrow();
    return id.equals(policy.id())
        ? state.reported()
        : suspect(state, Suspicion.ID_CHANGED_BUT_NOT_FETCHED, policy, problem.detail());
  }

  /** Reports each suspicion once until DNS confirms the policy again. */
  private Set<Suspicion> suspect(
      LookupState state, Suspicion suspicion, Resolution.InForce policy, String detail) {
    if (!state.reported().contains(suspicion) && !isNone(policy) && state.wanted().getAsBoolean()) {
      listener.suspicious(suspicion, policy, detail);
    }
    EnumSet<Suspicion> reported = EnumSet.of(suspicion);
    reported.addAll(state.reported());
    return reported;
  }

  private static boolean isEnforce(Resolution.InForce policy) {
    return policy.published().mode() == PolicyMode.ENFORCE;
  }

  private static boolean sharesNoHost(Resolution.InForce old, Resolution.InForce live) {
    return Collections.disjoint(old.published().mx(), live.published().mx());
  }

  private static String hosts(Resolution.InForce policy) {
    return Excerpt.of(policy.published().mx().toString());
  }

  private static boolean isNone(Resolution.InForce policy) {
    return policy.published().mode() == PolicyMode.NONE;
  }
}
