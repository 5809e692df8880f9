// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

/**
 * What an attacker would like to happen to a domain with a policy; each has an innocent explanation
 * too, which is why it is told and not acted upon. RFC 8461 §10.2
 */
public enum Suspicion {
  /** The TXT record is gone while the policy has time to live; the policy stays in force. */
  RECORD_VANISHED,
  /**
   * The TXT record is malformed or several while the policy has time to live; it stays in force.
   */
  RECORD_INVALID,
  /** DNS shows a new id but no policy can be fetched; the old policy stays in force. */
  ID_CHANGED_BUT_NOT_FETCHED,
  /** A policy in enforce was replaced by one in testing or none; the new one is in force. */
  ENFORCE_WEAKENED,
  /**
   * A policy was replaced by one with less than a tenth of its max_age; the new one is in force.
   */
  MAX_AGE_COLLAPSED
}
