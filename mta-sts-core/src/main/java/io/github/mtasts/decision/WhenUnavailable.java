// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

/**
 * What a sender does about a domain of which nothing is known because DNS does not answer.
 *
 * <p>That is so when DNS is silent about the record, when it shows a record and is silent about the
 * policy host's addresses, and when this sender is too busy to ask. A policy host that is known and
 * does not answer is another matter: RFC 8461 §3.3 has mail delivered then.
 *
 * <p>RFC 8461 §3.1 choice: the text is silent. A policy that is cached is not affected; it stays in
 * force.
 */
public enum WhenUnavailable {
  /** Deliver as if the domain had no policy; the default. */
  PROCEED,
  /** Refuse every MX host until DNS answers, so that the mail stays in the queue. */
  DEFER
}
