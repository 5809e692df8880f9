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
 * <p>Call {@link #decide} for each MX host. The subtypes have the details: {@link InForce} for a
 * policy that has not expired, {@link NoPolicy} if the domain has none, {@link Undetermined} if
 * that could not be found out. Immutable, hence thread-safe.
 */
public sealed interface Resolution {

  /** {@return the policy domain as lower-case A-labels; text that is no domain is unchanged} */
  String domain();

  /** {@return the policy in force; empty if there is none} */
  Optional<Policy> policy();

  /** {@return what prevented a fresh result; empty if nothing did} */
  Optional<Problem> problem();

  /** {@return the operator's override that has changed this result; empty if none has} */
  Optional<PolicyOverride> override();

  /** {@return how TLS handshakes with the domain's MX hosts are verified and reported} */
  MxTlsSettings settings();

  /**
   * Decides whether mail may go to an MX host, and under which TLS. RFC 8461 §5
   *
   * @param mxHost the exchange of the MX record (not the target of a CNAME of it), in any form;
   *     text that is no host name is never listed
   * @return the decision, never null, for any text
   */
  MxDecision decide(String mxHost);

  /** {@return two or three sentences: which policy is in force, since when, and what is wrong} */
  String explain();

  /**
   * {@return a resolution without a policy, for a fake resolver in a test}
   *
   * @param domain the policy domain
   */
  static Resolution none(String domain) {
    return new NoPolicy(
        domain,
        Reason.NO_RECORD,
        "no TXT record at _mta-sts." + domain,
        Optional.empty(),
        MxTlsSettings.DEFAULT);
  }

  /**
   * {@return a resolution with a policy fetched now, for a fake resolver in a test}
   *
   * @param domain the policy domain
   * @param policy the policy
   * @param settings how TLS handshakes are verified and reported
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
    /** Fetched for this call. */
    FETCHED,
    /** Cached, and confirmed by the last check of DNS or of the policy host. */
    CACHED,
    /** Cached and unexpired, but the last attempt to confirm or renew it failed. */
    CACHED_UNCONFIRMED,
    /** Set by the operator in an override; DNS and HTTPS were not used. */
    PINNED
  }

  /**
   * A policy is in force.
   *
   * @param domain the policy domain
   * @param published the policy as published, without the override; or the pinned one
   * @param id the id under which it was fetched
   * @param source where it came from
   * @param fetchedAt the last successful fetch, by the wall clock
   * @param expiresAt {@code fetchedAt} plus max_age (or {@code recordRecheckFloor}, if that is
   *     longer), by the wall clock. RFC 8461 §3.2
   * @param problem what prevented a fresh result
   * @param settings how TLS handshakes are verified and reported
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
     * @param problem what prevented a fresh result
     * @param settings how TLS handshakes are verified and reported
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
     * Creates one without an override.
     *
     * @param domain the policy domain
     * @param published the policy
     * @param id the id under which it was fetched
     * @param source where it came from
     * @param fetchedAt the last successful fetch, by the wall clock
     * @param expiresAt {@code fetchedAt} plus max_age, by the wall clock. RFC 8461 §3.2
     * @param problem what prevented a fresh result
     * @param settings how TLS handshakes are verified and reported
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

    /** {@return the mode that applies: the policy's own, unless an override changes it} */
    public PolicyMode effectiveMode() {
      PolicyMode mode = published.mode();
      return override.isPresent() ? override.get().effectiveMode(mode) : mode;
    }

    Optional<MxPattern> match(DomainName mxHost) {
      Optional<MxPattern> listed = published.match(mxHost);
      return listed.isPresent() || override.isEmpty()
          ? listed
          : override.get().matchAllowed(mxHost);
    }

    @Override
    public MxDecision decide(String mxHost) {
      return Decisions.under(this, mxHost);
    }

    @Override
    public String explain() {
      return Explanations.of(this);
    }

    /** {@return the same as {@link #explain}} */
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
  }

  /** Why a domain has no policy in force. */
  enum Reason {
    /** The domain has no TXT record for MTA-STS. */
    NO_RECORD,
    /** The domain's TXT record is malformed or not the only one. RFC 8461 §3.1 */
    INVALID_RECORD,
    /** There is a record, but the policy could not be fetched. RFC 8461 §3.3 */
    FETCH_FAILED,
    /** There is a record, but the fetched text is no valid policy. RFC 8461 §3.2 */
    INVALID_POLICY,
    /** The text can have no policy: an address literal, a single label, no name. RFC 8461 §3.4 */
    NOT_A_DOMAIN,
    /** An override of the operator says that the domain's policy is skipped. */
    OVERRIDDEN
  }

  /**
   * No policy is in force.
   *
   * @param domain the policy domain, or the caller's text if it is no domain
   * @param reason why
   * @param detail what was expected and what was found
   * @param problem present if something failed
   * @param settings how TLS handshakes are verified and reported
   * @param override present exactly under {@link Reason#OVERRIDDEN}, except in fakes
   */
  record NoPolicy(
      String domain,
      Reason reason,
      String detail,
      Optional<Problem> problem,
      MxTlsSettings settings,
      Optional<PolicyOverride> override)
      implements Resolution {

    /**
     * Checks that nothing is null.
     *
     * @param domain the policy domain, or the caller's text if it is no domain
     * @param reason why
     * @param detail what was expected and what was found
     * @param problem present if something failed
     * @param settings how TLS handshakes are verified and reported
     * @param override the override that skips the policy
     */
    public NoPolicy {
      Objects.requireNonNull(domain, "domain");
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(detail, "detail");
      Objects.requireNonNull(problem, "problem");
      Objects.requireNonNull(settings, "settings");
      Objects.requireNonNull(override, "override");
    }

    /**
     * Creates one without an override.
     *
     * @param domain the policy domain, or the caller's text if it is no domain
     * @param reason why
     * @param detail what was expected and what was found
     * @param problem present if something failed
     * @param settings how TLS handshakes are verified and reported
     */
    public NoPolicy(
        String domain,
        Reason reason,
        String detail,
        Optional<Problem> problem,
        MxTlsSettings settings) {
      this(domain, reason, detail, problem, settings, Optional.empty());
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

    /** {@return the same as {@link #explain}} */
    @Override
    public String toString() {
      return explain();
    }
  }

  /**
   * It could not be determined whether the domain has a policy; that is not the same as none.
   *
   * @param domain the policy domain
   * @param cause what prevented it
   * @param detail what was expected, what was found and what to do
   * @param since the time of the first failure in the current unbroken series
   * @param defers whether mail must wait, by the cause and {@link WhenUnavailable}
   * @param settings how TLS handshakes are verified and reported
   */
  record Undetermined(
      String domain,
      Cause cause,
      String detail,
      Instant since,
      boolean defers,
      MxTlsSettings settings)
      implements Resolution {

    /** What prevented an answer. */
    public enum Cause {
      /** DNS did not answer about the record, or about the addresses of the policy host. */
      DNS_UNAVAILABLE,
      /** The store did not answer or its row cannot be read, so it may have a policy. */
      STORE_UNAVAILABLE,
      /** The resolver is overloaded. */
      BUSY,
      /** The resolver was closed during the lookup. */
      CLOSING,
      /** The calling thread was interrupted. */
      INTERRUPTED,
      /** A flaw of this library or of an extension, or missing memory or threads. */
      INTERNAL_ERROR
    }

    /**
     * Checks that nothing is null.
     *
     * @param domain the policy domain
     * @param cause what prevented it
     * @param detail what was expected, what was found and what to do
     * @param since the time of the first failure in the current unbroken series
     * @param defers whether mail must wait
     * @param settings how TLS handshakes are verified and reported
     */
    public Undetermined {
      Objects.requireNonNull(domain, "domain");
      Objects.requireNonNull(cause, "cause");
      Objects.requireNonNull(detail, "detail");
      Objects.requireNonNull(since, "since");
      Objects.requireNonNull(settings, "settings");
    }

    @Override
    public Optional<Policy> policy() {
      return Optional.empty();
    }

    @Override
    public Optional<Problem> problem() {
      return Optional.of(new Problem(Optional.empty(), detail, since));
    }

    @Override
    public Optional<PolicyOverride> override() {
      return Optional.empty();
    }

    @Override
    public MxDecision decide(String mxHost) {
      return Decisions.without(this, mxHost);
    }

    /** {@return whether mail must wait, with every MX host refused; never in shadow mode} */
    public boolean asksToDefer() {
      return defers && !settings.isShadow();
    }

    @Override
    public String explain() {
      return Explanations.of(this);
    }

    /** {@return the same as {@link #explain}} */
    @Override
    public String toString() {
      return explain();
    }
  }
}
