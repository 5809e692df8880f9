// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

/** What a sender must see before MAIL FROM at one MX host. */
public enum Requirement {
  /** No policy applies: use TLS if the MX host offers it, else send in clear. RFC 7435 §3 */
  OPPORTUNISTIC,
  /**
   * Everything is evaluated as under {@link #ENFORCED} and nothing is blocked. Shadow mode replaces
   * {@link #ENFORCED} and {@link #REFUSED} by this. RFC 8461 §5
   */
  TESTING,
  /** TLS with a trusted certificate for this MX host, or no delivery to it. RFC 8461 §4.2 */
  ENFORCED,
  /** Mail must not go to this MX host at all; try the next one. RFC 8461 §5 */
  REFUSED
}
