// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

/** Ends a command with one line on stderr and an exit status. */
final class CommandException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ExitStatus status;
  private final String line;

  private CommandException(ExitStatus status, String line) {
    super(line);
    this.status = status;
    this.line = line;
  }

  static CommandException usage(String line) {
    return new CommandException(ExitStatus.USAGE, line);
  }

  static CommandException wrong(String line) {
    return new CommandException(ExitStatus.WRONG, line);
  }

  String line() {
    return line;
  }

  ExitStatus status() {
    return status;
  }
}
