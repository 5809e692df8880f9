// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import io.github.mtasts.policy.RecordAnswer;
import java.util.List;

/**
 * Receives the events of a resolver; every method does nothing unless overridden.
 *
 * <p>For logs, metrics, alarms and TLS reports. Exceptions of a listener are caught and logged.
 *
 * <p>A resolver calls each of its listeners on one daemon thread, named {@code mta-sts-events-N},
 * one event after the other and in order, so that a slow listener holds up neither mail nor another
 * listener. If 10,000 events wait for a listener, further events for it are dropped, and reported
 * as {@link OwnTrouble#EVENTS_DROPPED}. Closing the resolver delivers the events that wait, for at
 * most two seconds. A listener given to several resolvers must be thread-safe.
 */
public interface ResolverListener {

  /**
   * The TXT record of a domain was looked up.
   *
   * @param domain the policy domain
   * @param answer the record, or why there is none
   */
  default void recordChecked(String domain, RecordAnswer answer) {}

  /**
   * A policy was fetched, for the first time or again, and is now in force.
   *
   * @param fetched the policy
   */
  default void policyFetched(Resolution.InForce fetched) {}

  /**
   * A fetch failed; not called while a policy of mode none is cached (RFC 8461 §6), nor for a local
   * or DNS failure that says nothing about the policy host.
   *
   * @param domain the policy domain
   * @param problem the reason, with the result type for TLS reports
   */
  default void fetchFailed(String domain, Problem problem) {}

  /**
   * A cached policy has reached its max_age without being renewed and is no longer in force.
   *
   * @param expired the policy as it was
   */
  default void policyExpired(Resolution.InForce expired) {}

  /**
   * A domain with a policy has changed in a way that an attacker would want.
   *
   * @param suspicion what has changed
   * @param before the policy as it was before
   * @param detail what was expected and what was found
   */
  default void suspicious(Suspicion suspicion, Resolution.InForce before, String detail) {}

  /**
   * The overrides file has changed or vanished and cannot be used; the overrides read last stay in
   * force. Reported once for each different error.
   *
   * @param detail which file, which line, what was expected and what was found
   */
  default void overridesUnreadable(String detail) {}

  /**
   * The overrides file was read, for the first time or after a change, and the end of some lines
   * has passed: they have no effect. A wrong date in {@code until=} is reported like this too.
   *
   * @param ended these overrides, by where they would apply
   */
  default void overridesEnded(List<PolicyOverride> ended) {}

  /**
   * One attempt to secure a connection has ended; called exactly once for each. RFC 8460 §4.2
   *
   * @param session how it ended
   */
  default void tlsSessionEnded(TlsSession session) {}

  /**
   * A policy could not be renewed several times in a row, with time left to act before it expires;
   * not called while its mode is none. RFC 8461 §10.2
   *
   * @param policy the policy, which is still in force
   * @param problem why the last attempt failed
   * @param failures how many attempts have failed in a row: 3, 6, 12 and so on
   */
  default void refreshFailing(Resolution.InForce policy, Problem problem, int failures) {}

  /**
   * The store has failed and is not called for a while; reported once until it recovers. Mail and
   * cached policies are not affected.
   *
   * @param what {@code reading} or {@code writing}, which fail independently
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
   * A row of the store cannot be read or is implausible, and counts as absent.
   *
   * @param domain the policy domain
   * @param detail what was expected and what was found
   */
  default void storedRowUnreadable(String domain, String detail) {}

  /**
   * This sender has trouble of its own. It is logged as well, at most once a minute for each kind.
   *
   * @param kind the kind of trouble
   * @param detail what was expected, what was found and what to do
   */
  default void ownTrouble(OwnTrouble kind, String detail) {}
}
