// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

/** Whether policies can block mail; set for a whole resolver. */
public enum Enforcement {
  /** A policy in mode enforce blocks what it forbids; the default. */
  LIVE,
  /**
   * Shadow mode: everything is evaluated, explained and reported to listeners, and nothing is
   * blocked. Shows what MTA-STS would do to a mailer's traffic before it is enforced.
   */
  SHADOW
}
