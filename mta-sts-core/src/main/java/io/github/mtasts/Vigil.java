package io.github.mtasts;

import io.github.mtasts.policy.PolicyMode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Watches transitions for what an attacker would like to happen, and tells the listener. */
final class Vigil {
  private static final int COLLAPSE = 10;

  private final ResolverListener listener;

  Vigil(ResolverListener listener) {
    this.listener = listener;
  }

  void recordChecked(Step step) {
    listener.recordChecked(step.domain().value(), step.found().answer());
  }

  /** A policy with max_age 0 was never meant to be remembered, so it is not missed. */
  void expired(Step step) {
    Knowledge before = step.before();
    if (before != null
        && before.hasExpiredAt(step.nowNanos())
        && before.resolution() instanceof Resolution.InForce old
        && !old.inForce().maxAge().isZero()) {
      listener.policyExpired(old);
    }
  }

  void fetched(Step step, Resolution.InForce live) {
    step.policy().ifPresent(old -> compare(old, live));
    listener.policyFetched(live);
  }

  private void compare(Resolution.InForce old, Resolution.InForce live) {
    PolicyMode mode = live.inForce().mode();
    if (old.inForce().mode() == PolicyMode.ENFORCE && mode != PolicyMode.ENFORCE) {
      listener.suspicious(
          Suspicion.ENFORCE_WEAKENED,
          old,
          "mode: expected enforce as before, found " + mode.label() + " under id " + live.id());
    }
    Duration before = old.inForce().maxAge();
    Duration after = live.inForce().maxAge();
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
  void fetchFailed(Step step, Problem problem) {
    if (step.policy().filter(Vigil::isNone).isEmpty()) {
      listener.fetchFailed(step.domain().value(), problem);
    }
  }

  @Nullable Suspicion unconfirmed(Step step, Resolution.InForce policy, String detail) {
    return switch (step.status()) {
      case ABSENT -> tell(step, Suspicion.RECORD_VANISHED, policy, detail);
      case INVALID -> tell(step, Suspicion.RECORD_INVALID, policy, detail);
      case FOUND, UNAVAILABLE -> step.known().told();
    };
  }

  @Nullable Suspicion notFetched(Step step, Resolution.InForce policy, String id, String detail) {
    return id.equals(policy.id())
        ? step.known().told()
        : tell(step, Suspicion.ID_CHANGED_BUT_NOT_FETCHED, policy, detail);
  }

  private Suspicion tell(Step step, Suspicion suspicion, Resolution.InForce policy, String detail) {
    if (step.known().told() != suspicion && !isNone(policy)) {
      listener.suspicious(suspicion, policy, detail);
    }
    return suspicion;
  }

  private static boolean isNone(Resolution.InForce policy) {
    return policy.inForce().mode() == PolicyMode.NONE;
  }
}
