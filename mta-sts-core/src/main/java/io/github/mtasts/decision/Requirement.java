// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

/** What a sender must see before MAIL FROM at one MX host. */
public enum Requirement {
  /** No policy binds this delivery: use TLS if it can be had, in clear if not. RFC 7435 §3 */
  OPPORTUNISTIC,
  /**
   * Everything is evaluated as under {@link #ENFORCED} and nothing is blocked; also what shadow
   * mode makes of {@link #ENFORCED} and {@link #REFUSED}. RFC 8461 §5
   */
  TESTING,
  /** TLS with a certificate that stands for this MX host, or no delivery here. RFC 8461 §4.2 */
  ENFORCED,
  /** Mail must not go to this MX host at all; try the next one. RFC 8461 §5 */
  REFUSED
}
