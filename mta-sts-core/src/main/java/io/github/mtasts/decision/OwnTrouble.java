// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

/**
 * Trouble of this sender itself, as opposed to that of DNS, a policy host or an MX host.
 *
 * <p>It delays mail at most; see {@link Resolution.Undetermined}.
 */
public enum OwnTrouble {
  /** Too many lookups or fetches are running, or too many calls wait for the store. */
  BUSY,
  /** A thread could not be started, or memory is exhausted. */
  RESOURCES,
  /** The class path has a missing or incompatible library. */
  LINKAGE,
  /** A flaw of this library, or an extension that breaks its contract. */
  INTERNAL_ERROR,
  /** The wall clock contradicts the times in the store. */
  CLOCK,
  /** The store refuses a single row; other rows are not affected. */
  ROW_REFUSED,
  /** A listener is too slow, so that events were dropped. */
  EVENTS_DROPPED
}
