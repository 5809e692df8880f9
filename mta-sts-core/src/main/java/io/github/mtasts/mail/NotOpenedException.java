package io.github.mtasts.mail;

/** A connection that is not to be used, and why. */
final class NotOpenedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Finding finding;

  NotOpenedException(Finding finding) {
    super(finding.detail());
    this.finding = finding;
  }

  Finding finding() {
    return finding;
  }
}
