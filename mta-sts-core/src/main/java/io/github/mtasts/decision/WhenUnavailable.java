// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

/**
 * What to do when DNS does not answer about a domain of which nothing is cached.
 *
 * <p>That includes: no answer about the TXT record, a record but no answer about the policy host's
 * addresses, and a resolver that is too busy to ask. A policy host that does not answer is
 * different: then RFC 8461 §3.3 requires delivery.
 *
 * <p>RFC 8461 §3.1 choice: the RFC does not specify this. A cached policy is not affected; it stays
 * in force.
 */
public enum WhenUnavailable {
  /** Deliver as if the domain had no policy; the default. */
  PROCEED,
  /** Refuse every MX host until DNS answers, so that the mail stays in the queue. */
  DEFER
}
