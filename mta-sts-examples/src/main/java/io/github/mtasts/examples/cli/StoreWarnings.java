// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.decision.ResolverListener;

/** Reports failures of a store. Safe for use by several threads. */
final class StoreWarnings implements ResolverListener {
  private final StoreUrl url;
  private final Terminal terminal;
  private volatile boolean failed;

  StoreWarnings(StoreUrl url, Terminal terminal) {
    this.url = url;
    this.terminal = terminal;
  }

  @Override
  public void storeFailed(String what, String detail) {
    failed = true;
    terminal.error(what + " " + url.redacted() + ": " + url.redactedIn(detail));
  }

  @Override
  public void storedRowUnreadable(String domain, String detail) {
    terminal.error("stored for " + domain + ": " + detail);
  }

  /** Returns whether the store has failed at least once. */
  boolean hasFailed() {
    return failed;
  }
}
