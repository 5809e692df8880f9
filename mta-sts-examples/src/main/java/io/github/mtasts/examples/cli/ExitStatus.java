// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

/** The exit status of a command; of several, the later constant wins. */
enum ExitStatus {
  /** Success. */
  FINE(0),
  /** A temporary failure; try again later. */
  TEMPORARY(3),
  /** Something is wrong, or would be refused. */
  WRONG(1),
  /** An invalid argument, or a file that cannot be read. */
  USAGE(2);

  private final int code;

  ExitStatus(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  ExitStatus and(ExitStatus other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
