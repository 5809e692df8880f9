// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

/** Whether what a policy asks for is insisted on; set for a whole resolver. */
public enum Enforcement {
  /** What a policy in mode enforce forbids is not done; the default. */
  LIVE,
  /**
   * Shadow mode: everything is evaluated, explained and told to listeners as it is, and nothing is
   * blocked for it; to see what MTA-STS would do to a mailer's traffic before it does it.
   */
  SHADOW
}
