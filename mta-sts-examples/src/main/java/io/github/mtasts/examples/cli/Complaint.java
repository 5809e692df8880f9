package io.github.mtasts.examples.cli;

/** Ends a command with one line on stderr. */
final class Complaint extends Exception {
  private static final long serialVersionUID = 1L;

  private final ExitStatus status;
  private final String line;

  private Complaint(ExitStatus status, String line) {
    super(line);
    this.status = status;
    this.line = line;
  }

  static Complaint usage(String line) {
    return new Complaint(ExitStatus.USAGE, line);
  }

  static Complaint wrong(String line) {
    return new Complaint(ExitStatus.WRONG, line);
  }

  String line() {
    return line;
  }

  ExitStatus status() {
    return status;
  }
}
