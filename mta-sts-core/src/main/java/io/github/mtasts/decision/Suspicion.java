// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

/**
 * A change to a domain with a policy that an attacker would want. Each also has a harmless cause,
 * so it is only reported. RFC 8461 §10.2
 */
public enum Suspicion {
  /** The TXT record is gone before the policy has expired; the policy stays in force. */
  RECORD_VANISHED,
  /** The TXT record is malformed or not the only one; the unexpired policy stays in force. */
  RECORD_INVALID,
  /** DNS has a new id but no policy can be fetched; the old policy stays in force. */
  ID_CHANGED_BUT_NOT_FETCHED,
  /** A policy in enforce was replaced by one in testing or none; the new one is in force. */
  ENFORCE_WEAKENED,
  /**
   * A policy was replaced by one with less than a tenth of its max_age; the new one is in force.
   */
  MAX_AGE_COLLAPSED,
  /** None of the MX hosts of a policy in enforce is in the one that replaced it. */
  MX_LIST_REPLACED,
  /** DNS names an MX host that the policy does not list; mail was not sent there. */
  MX_NOT_LISTED,
  /**
   * An MX host sent text in clear after its reply to STARTTLS, as an attacker would. RFC 3207 §4.2
   */
  STARTTLS_INJECTION
}
