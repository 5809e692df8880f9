// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

/** No connection over which mail may be sent, and why. */
final class ConnectFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient AttemptOutcome outcome;

  ConnectFailedException(AttemptOutcome outcome) {
    super(outcome.detail());
    this.outcome = outcome;
  }

  AttemptOutcome outcome() {
    return outcome;
  }
}
