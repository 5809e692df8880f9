package io.github.mtasts.examples.cli;

import io.github.mtasts.decision.ResolverListener;

/** Complains about a store as soon as it makes trouble. Safe for use by several threads. */
final class StoreAlarm implements ResolverListener {
  private final StoreLocation location;
  private final Terminal terminal;
  private volatile boolean raised;

  StoreAlarm(StoreLocation location, Terminal terminal) {
    this.location = location;
    this.terminal = terminal;
  }

  @Override
  public void storeFailed(String what, String detail) {
    raised = true;
    terminal.complain(what + " " + location.shown() + ": " + location.hiddenIn(detail));
  }

  @Override
  public void storedRowUnreadable(String domain, String detail) {
    terminal.complain("stored for " + domain + ": " + detail);
  }

  /** Whether the store has failed at least once. */
  boolean isRaised() {
    return raised;
  }
}
