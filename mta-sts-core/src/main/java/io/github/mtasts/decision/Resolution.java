// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.MxPattern;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicyMode;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What a sender knows about a policy domain at one moment.
 *
 * <p>Ask {@link #decide} for each MX host; the subtypes are for those who want to know more.
 * Immutable.
 */
public sealed interface Resolution permits Resolution.InForce, Resolution.NoPolicy {

  /** {@return the policy domain as lower-case A-labels; the caller's own text where it is none} */
  String domain();

  /** {@return the policy in force; empty if there is none} */
  Optional<Policy> policy();

  /** {@return what stood in the way of a fresh answer, if anything did} */
  Optional<Problem> problem();

  /** {@return the operator's override that has shaped this answer, if one has} */
  Optional<PolicyOverride> override();

  /** {@return how handshakes with the domain's MX hosts are judged} */
  MxTlsSettings settings();

  /**
   * Decides whether mail may go to an MX host, and under which TLS. RFC 8461 §5
   *
   * @param mxHost the exchange of the MX record (not the target of a CNAME of it), in any form;
   *     text that is no host name is never listed
   * @return the decision, never null, for any text
   */
  MxDecision decide(String mxHost);

  /**
   * {@return two or three sentences for a person: what is in force, since when, and what is wrong}
   */
  String explain();

  /**
   * {@return a resolution without a policy, as a fake resolver in a test would want it}
   *
   * @param domain the policy domain
   */
  static Resolution none(String domain) {
    return new NoPolicy(
        domain,
        Reason.NO_RECORD,
        "no TXT record at _mta-sts." + domain,
        Optional.empty(),
        WhenUnavailable.PROCEED,
        MxTlsSettings.DEFAULT);
  }

  /**
   * {@return a resolution with a policy fetched now, as a fake resolver in a test would want it}
   *
   * @param domain the policy domain
   * @param policy the policy
   * @param settings how handshakes are judged
   */
  static Resolution inForce(String domain, Policy policy, MxTlsSettings settings) {
    Instant now = Instant.now();
    return new InForce(
        domain,
        policy,
        "fake",
        Source.FETCHED,
        now,
        now.plus(policy.maxAge()),
        Optional.empty(),
        settings);
  }

  /** Where a policy in force came from. */
  enum Source {
    /** Fetched for this very question. */
    FETCHED,
    /** Remembered, and confirmed by the last look at DNS or at the policy host. */
    CACHED,
    /** Remembered and unexpired, but the last attempt to confirm or renew it failed. */
    CACHED_UNCONFIRMED,
    /** Given by the operator in an override; nobody was asked. */
    PINNED
  }

  /**
   * A policy is in force.
   *
   * @param domain the policy domain
   * @param published the policy as published, whatever an override makes of it; or the pinned one
   * @param id the id under which it was fetched
   * @param source where it came from
   * @param fetchedAt the last successful fetch, by the wall clock
   * @param expiresAt {@code fetchedAt} plus max_age (or the record's floor, if that is longer), by
   *     the wall clock. RFC 8461 §3.2
   * @param problem what stood in the way of a fresh answer
   * @param settings how handshakes are judged
   * @param override the override under which decisions are made
   */
  record InForce(
      String domain,
      Policy published,
      String id,
      Source source,
      Instant fetchedAt,
      Instant expiresAt,
      Optional<Problem> problem,
      MxTlsSettings settings,
      Optional<PolicyOverride> override)
      implements Resolution {

    /**
     * Checks that nothing is null.
     *
     * @param domain the policy domain
     * @param published the policy
     * @param id the id under which it was fetched
     * @param source where it came from
     * @param fetchedAt the last successful fetch, by the wall clock
     * @param expiresAt {@code fetchedAt} plus max_age, by the wall clock. RFC 8461 §3.2
     * @param problem what stood in the way of a fresh answer
     * @param settings how handshakes are judged
     * @param override the override under which decisions are made
     */
    public InForce {
      Objects.requireNonNull(domain, "domain");
      Objects.requireNonNull(published, "published");
      Objects.requireNonNull(id, "id");
      Objects.requireNonNull(source, "source");
      Objects.requireNonNull(fetchedAt, "fetchedAt");
      Objects.requireNonNull(expiresAt, "expiresAt");
      Objects.requireNonNull(problem, "problem");
      Objects.requireNonNull(settings, "settings");
      Objects.requireNonNull(override, "override");
    }

    /**
     * As the other one, without an override.
     *
     * @param domain the policy domain
     * @param published the policy
     * @param id the id under which it was fetched
     * @param source where it came from
     * @param fetchedAt the last successful fetch, by the wall clock
     * @param expiresAt {@code fetchedAt} plus max_age, by the wall clock. RFC 8461 §3.2
     * @param problem what stood in the way of a fresh answer
     * @param settings how handshakes are judged
     */
    public InForce(
        String domain,
        Policy published,
        String id,
        Source source,
        Instant fetchedAt,
        Instant expiresAt,
        Optional<Problem> problem,
        MxTlsSettings settings) {
      this(
          domain, published, id, source, fetchedAt, expiresAt, problem, settings, Optional.empty());
    }

    @Override
    public Optional<Policy> policy() {
      return Optional.of(published);
    }

    /** {@return the mode that binds: the policy's own, unless an override says otherwise} */
    public PolicyMode effectiveMode() {
      PolicyMode mode = published.mode();
      return override.isPresent() ? override.get().effectiveMode(mode) : mode;
    }

    Optional<MxPattern> match(DomainName mxHost) {
      Optional<MxPattern> listed = published.match(mxHost);
      return listed.isPresent() || override.isEmpty() ? listed : override.get().admitting(mxHost);
    }

    @Override
    public MxDecision decide(String mxHost) {
      return Decisions.under(this, mxHost);
    }

    @Override
    public String explain() {
      return Explanations.of(this);
    }

    /** {@return the same as {@link #explain}, so that it is fit for a log} */
    @Override
    public String toString() {
      return explain();
    }

    /**
     * Returns the same policy with another source and problem.
     *
     * @param newSource where the policy came from
     * @param newProblem what prevented a fresh answer
     * @return the same policy, otherwise unchanged
     */
    public InForce with(Source newSource, Optional<Problem> newProblem) {
      return new InForce(
          domain, published, id, newSource, fetchedAt, expiresAt, newProblem, settings, override);
    }

    /**
     * Returns the same policy under an override.
     *
     * @param newOverride the override under which decisions are made
     * @return the same policy, otherwise unchanged
     */
    public InForce under(PolicyOverride newOverride) {
      return new InForce(
          domain,
          published,
          id,
          source,
          fetchedAt,
          expiresAt,
          problem,
          settings,
          Optional.of(newOverride));
    }
  }

  /** Why no policy is in force. */
  enum Reason {
    /** The domain announces none. */
    NO_RECORD,
    /** The domain's TXT records are malformed or several. RFC 8461 §3.1 */
    INVALID_RECORD,
    /**
     * DNS did not answer, about the record or about the policy host, or we were too busy to ask;
     * nothing is known.
     */
    DNS_UNAVAILABLE,
    /** A record was found and the policy could not be fetched. RFC 8461 §3.3 */
    FETCH_FAILED,
    /** A record was found and what was fetched is no policy. RFC 8461 §3.2 */
    INVALID_POLICY,
    /** The text can have no policy: an address literal, a single label, no name. RFC 8461 §3.4 */
    NOT_A_DOMAIN,
    /** The operator has set this domain aside. */
    OVERRIDDEN
  }

  /**
   * No policy is in force.
   *
   * @param domain the policy domain, or the caller's text where it is none
   * @param reason why
   * @param detail what was expected and what was found
   * @param problem present where something failed
   * @param whenUnavailable what this sender does when DNS did not answer
   * @param settings how handshakes are judged
   * @param override present exactly under {@link Reason#OVERRIDDEN}, but for fakes
   */
  record NoPolicy(
      String domain,
      Reason reason,
      String detail,
      Optional<Problem> problem,
      WhenUnavailable whenUnavailable,
      MxTlsSettings settings,
      Optional<PolicyOverride> override)
      implements Resolution {

    /**
     * Checks that nothing is null.
     *
     * @param domain the policy domain, or the caller's text where it is none
     * @param reason why
     * @param detail what was expected and what was found
     * @param problem present where something failed
     * @param whenUnavailable what this sender does when DNS did not answer
     * @param settings how handshakes are judged
     * @param override the override that has set the domain aside
     */
    public NoPolicy {
      Objects.requireNonNull(domain, "domain");
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(detail, "detail");
      Objects.requireNonNull(problem, "problem");
      Objects.requireNonNull(whenUnavailable, "whenUnavailable");
      Objects.requireNonNull(settings, "settings");
      Objects.requireNonNull(override, "override");
    }

    /**
     * As the other one, without an override.
     *
     * @param domain the policy domain, or the caller's text where it is none
     * @param reason why
     * @param detail what was expected and what was found
     * @param problem present where something failed
     * @param whenUnavailable what this sender does when DNS did not answer
     * @param settings how handshakes are judged
     */
    public NoPolicy(
        String domain,
        Reason reason,
        String detail,
        Optional<Problem> problem,
        WhenUnavailable whenUnavailable,
        MxTlsSettings settings) {
      this(domain, reason, detail, problem, whenUnavailable, settings, Optional.empty());
    }

    @Override
    public Optional<Policy> policy() {
      return Optional.empty();
    }

    @Override
    public MxDecision decide(String mxHost) {
      return Decisions.without(this, mxHost);
    }

    @Override
    public String explain() {
      return Explanations.of(this);
    }

    /** {@return the same as {@link #explain}, so that it is fit for a log} */
    @Override
    public String toString() {
      return explain();
    }

    /**
     * {@return whether the mail should wait until DNS answers; every MX host is refused until then;
     * never in shadow mode}
     */
    public boolean asksToDefer() {
      return wouldDefer() && !settings.isShadow();
    }

    boolean wouldDefer() {
      return reason == Reason.DNS_UNAVAILABLE && whenUnavailable == WhenUnavailable.DEFER;
    }
  }
}
