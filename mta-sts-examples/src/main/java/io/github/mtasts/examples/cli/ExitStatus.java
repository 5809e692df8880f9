package io.github.mtasts.examples.cli;

/** What the command line tells the shell; the greater trouble wins when there are several. */
enum ExitStatus {
  /** All is well. */
  FINE(0),
  /** Something could not be found out now and may be later. */
  TEMPORARY(3),
  /** Something would be refused, or is wrong. */
  WRONG(1),
  /** A bad argument, or a file that cannot be read. */
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
