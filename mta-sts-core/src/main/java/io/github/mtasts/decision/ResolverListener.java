// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import io.github.mtasts.policy.RecordAnswer;
import java.util.List;

/**
 * Hears what happens in a resolver; every method does nothing unless overridden.
 *
 * <p>For logs, metrics, alarms and TLS reports. Whatever a listener throws is caught and logged.
 * Methods may be called by several threads at once, most of them the resolver's own: they must not
 * block, and must not call {@code PolicyResolver.resolve} on the resolver that calls them.
 */
public interface ResolverListener {

  /**
   * DNS was asked whether the domain announces a policy.
   *
   * @param domain the policy domain
   * @param answer what it said
   */
  default void recordChecked(String domain, RecordAnswer answer) {}

  /**
   * A policy was fetched, for the first time or anew, and is in force from now on.
   *
   * @param fetched the policy
   */
  default void policyFetched(Resolution.InForce fetched) {}

  /**
   * A fetch failed; not called while a policy of mode none is cached (RFC 8461 §6), nor for trouble
   * of our own or of DNS, in which nothing was heard of the policy host.
   *
   * @param domain the policy domain
   * @param problem why, with the result type for TLS reports
   */
  default void fetchFailed(String domain, Problem problem) {}

  /**
   * A remembered policy has reached its max_age without being renewed and binds nobody any more.
   *
   * @param expired the policy as it was
   */
  default void policyExpired(Resolution.InForce expired) {}

  /**
   * Something happened to a domain with a policy that an attacker would like to happen.
   *
   * @param suspicion what
   * @param before the policy as it was before
   * @param detail what was expected and what was found
   */
  default void suspicious(Suspicion suspicion, Resolution.InForce before, String detail) {}

  /**
   * The overrides file has changed, or vanished, and cannot be used as it is; the overrides that
   * were last read stay in force. Told once for each different trouble.
   *
   * @param detail which file, which line, what was expected and what was found
   */
  default void overridesUnreadable(String detail) {}

  /**
   * The overrides file has been read, for the first time or anew, and some of its lines had ended
   * by then: they have no effect, and a slip in {@code until=} looks like that too. Told once for
   * each reading of a changed file.
   *
   * @param ended all of those, by where they would apply
   */
  default void overridesEnded(List<PolicyOverride> ended) {}

  /**
   * One attempt to secure a connection has ended; called exactly once for each. RFC 8460 §4.2
   *
   * @param session how it ended
   */
  default void tlsSessionEnded(TlsSession session) {}

  /**
   * The policy of a domain could not be renewed several times in a row, early enough to do
   * something about it; not called while its mode is none. RFC 8461 §10.2
   *
   * @param policy what is still in force, and until when
   * @param problem why the last attempt failed
   * @param failures how many have failed in a row: 3, and each double of that
   */
  default void refreshFailing(Resolution.InForce policy, Problem problem, int failures) {}

  /**
   * The store has failed, and is left alone for a while; called once until it recovers. Mail and
   * known policies are not affected.
   *
   * @param what {@code reading} or {@code writing}, which fail apart
   * @param detail what was expected and what was found
   */
  default void storeFailed(String what, String detail) {}

  /**
   * The store answers again.
   *
   * @param what {@code reading} or {@code writing}
   */
  default void storeRecovered(String what) {}

  /**
   * A row of the store cannot be read or cannot be true, and counts as absent.
   *
   * @param domain the policy domain
   * @param detail what was expected and what was found
   */
  default void storedRowUnreadable(String domain, String detail) {}
}
