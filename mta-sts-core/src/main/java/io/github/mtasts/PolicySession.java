// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.Suspicion;
import io.github.mtasts.decision.TlsSession;
import io.github.mtasts.policy.Policy;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The policy of one domain during one delivery attempt.
 *
 * <p>Begin one with {@link PolicyResolver#begin} for each attempt to deliver a message to a domain,
 * call {@link #decide} for each MX host, and {@link #recheck} once before the attempt fails. A
 * policy that this session has seen gives way only to a policy fetched later or to the operator's
 * skip, never to "no policy": otherwise an attacker who blocks a delivery and then strips the
 * record would get the message in clear. An MX host that the policy refuses by its name is reported
 * to the listener, once, as a failed session and as {@link Suspicion#MX_NOT_LISTED}. RFC 8461 §5.1,
 * RFC 8460 §4.3.3
 *
 * <p>Do not keep a session while a message waits in a queue. Safe for use by several threads.
 */
public final class PolicySession {
  private static final int MOST_COUNTED_HOSTS = 1_000;

  private final PolicyResolver resolver;
  private final Set<String> refusedHosts = new HashSet<>();
  private Resolution resolution;

  PolicySession(PolicyResolver resolver, Resolution resolution) {
    this.resolver = resolver;
    this.resolution = Objects.requireNonNull(resolution, "resolution");
  }

  /** {@return the resolution that decides now} */
  public synchronized Resolution resolution() {
    return resolution;
  }

  /**
   * Decides whether mail may go to an MX host, and under which TLS. RFC 8461 §5
   *
   * @param mxHost the exchange of the MX record, in any form; text that is no host name is never
   *     listed
   * @return the decision; pass it to {@code MxTls.forDecision} unless the host is refused
   */
  public MxDecision decide(String mxHost) {
    MxDecision decision = resolution().decide(mxHost);
    return decision.isRefused() && decision.resolution() instanceof Resolution.InForce policy
        ? counted(decision, policy)
        : decision;
  }

  /** The host is counted here and now, so the decision that is returned must not count it again. */
  private MxDecision counted(MxDecision decision, Resolution.InForce policy) {
    if (isFirstRefusalOf(decision)) {
      report(decision, policy);
    }
    return new MxDecision(
        new Resolution.InForce(
            policy.domain(),
            policy.published(),
            policy.id(),
            policy.source(),
            policy.fetchedAt(),
            policy.expiresAt(),
            policy.problem(),
            withoutListener(policy.settings()),
            policy.override()),
        decision.mxHost(),
        decision.requirement(),
        decision.listed());
  }

  private static MxTlsSettings withoutListener(MxTlsSettings settings) {
    return new MxTlsSettings(
        settings.trustManager(),
        settings.provider(),
        new ResolverListener() {},
        settings.enforcement());
  }

  private static void report(MxDecision decision, Resolution.InForce policy) {
    ResolverListener listener = policy.settings().listener();
    String detail = decision.explain();
    listener.tlsSessionEnded(
        new TlsSession(decision, Optional.of(ResultType.VALIDATION_FAILURE), detail));
    listener.suspicious(Suspicion.MX_NOT_LISTED, policy, detail);
  }

  private synchronized boolean isFirstRefusalOf(MxDecision decision) {
    return refusedHosts.size() < MOST_COUNTED_HOSTS && refusedHosts.add(decision.mxHost());
  }

  /**
   * Looks for a newer policy and waits for the result; call it once, when every MX host has been
   * refused or has failed. RFC 8461 §5.1
   *
   * @return whether the decisions may differ now, so that the MX hosts should be tried once more
   * @throws IllegalStateException if the resolver is closed
   */
  public boolean recheck() {
    return accept(resolver.recheck(resolution().domain()));
  }

  private synchronized boolean accept(Resolution newer) {
    if (!mayReplace(newer)) {
      return false;
    }
    boolean differs = isDifferent(newer);
    resolution = newer;
    return differs;
  }

  /**
   * Only a policy, or the operator's skip, replaces a policy; "not known" replaces nothing known.
   */
  private boolean mayReplace(Resolution newer) {
    if (newer instanceof Resolution.InForce policy) {
      return !(resolution instanceof Resolution.InForce older)
          || !policy.fetchedAt().isBefore(older.fetchedAt());
    }
    if (resolution instanceof Resolution.InForce) {
      return isSkipped(newer);
    }
    return resolution instanceof Resolution.Undetermined || newer instanceof Resolution.NoPolicy;
  }

  private static boolean isSkipped(Resolution newer) {
    return newer instanceof Resolution.NoPolicy none
        && none.reason() == Resolution.Reason.OVERRIDDEN;
  }

  /** Whether decisions may differ: the time of the fetch, for example, changes none. */
  private boolean isDifferent(Resolution newer) {
    return newer.getClass() != resolution.getClass()
        || !newer.policy().map(Policy::text).equals(resolution.policy().map(Policy::text))
        || !newer
            .override()
            .map(PolicyOverride::toString)
            .equals(resolution.override().map(PolicyOverride::toString))
        || defers(newer) != defers(resolution);
  }

  private static boolean defers(Resolution resolution) {
    return resolution instanceof Resolution.Undetermined undetermined && undetermined.defers();
  }
}
