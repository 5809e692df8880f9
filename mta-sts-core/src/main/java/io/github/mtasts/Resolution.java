package io.github.mtasts;

import io.github.mtasts.policy.Policy;
import java.time.Instant;
import java.util.Optional;

/** What a sender knows about a policy domain right now. */
public sealed interface Resolution permits Resolution.InForce, Resolution.NoPolicy {

  /** Returns the policy domain; the caller's own text where it is no domain. */
  String domain();

  /** Returns the policy in force. */
  Optional<Policy> policy();

  /** Returns what stood in the way of a fresh answer, if anything did. */
  Optional<Problem> problem();

  /**
   * Decides whether mail may go to an MX host, and under which TLS.
   *
   * @param mxHost the exchange of the MX record (not the target of its CNAME), in any form; what is
   *     no host name is never listed
   */
  MxDecision decide(String mxHost);

  /**
   * Returns two or three sentences for a person: what is in force, since when, and what is wrong.
   */
  String explain();

  /** Where a policy in force came from. */
  enum Source {
    /** Fetched for this very question. */
    FETCHED,
    /** Remembered, and confirmed by the last look at DNS. */
    CACHED,
    /** Remembered and unexpired, but the last attempt to confirm or renew it failed. */
    CACHED_UNCONFIRMED
  }

  /**
   * A policy is in force.
   *
   * @param domain the policy domain
   * @param inForce the policy
   * @param id the id it was fetched under; empty where a recheck found no TXT record
   * @param source where it came from
   * @param fetchedAt the last successful fetch
   * @param expiresAt {@code fetchedAt} plus max_age. RFC 8461 §3.2
   * @param problem what stood in the way of a fresh answer
   * @param settings how handshakes are judged
   */
  record InForce(
      String domain,
      Policy inForce,
      String id,
      Source source,
      Instant fetchedAt,
      Instant expiresAt,
      Optional<Problem> problem,
      MxTlsSettings settings)
      implements Resolution {
    @Override
    public Optional<Policy> policy() {
      return Optional.of(inForce);
    }

    @Override
    public MxDecision decide(String mxHost) {
      return Decisions.under(this, mxHost);
    }

    @Override
    public String explain() {
      return Decisions.explain(this);
    }
  }

  /** Why no policy is in force. */
  enum Reason {
    /** The domain announces none. */
    NO_RECORD,
    /** The domain's TXT records are malformed or several. RFC 8461 §3.1 */
    INVALID_RECORD,
    /** DNS did not answer, or we were too busy to ask; nothing is known. */
    DNS_UNAVAILABLE,
    /** A record was found and the policy could not be fetched. RFC 8461 §3.3 */
    FETCH_FAILED,
    /** A record was found and what was fetched is no policy. */
    INVALID_POLICY,
    /**
     * The text is no domain that could have a policy: an address literal, a single label, no name.
     */
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
   * @param onUnavailable what to do when DNS did not answer
   * @param settings how handshakes are judged
   */
  record NoPolicy(
      String domain,
      Reason reason,
      String detail,
      Optional<Problem> problem,
      WhenUnavailable onUnavailable,
      MxTlsSettings settings)
      implements Resolution {
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
      return Decisions.explain(this);
    }
  }
}
