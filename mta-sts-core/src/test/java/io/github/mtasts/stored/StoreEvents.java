// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import io.github.mtasts.decision.OwnTrouble;
import io.github.mtasts.decision.ResolverListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records the events about a store, one short line each. Thread-safe. */
final class StoreEvents implements ResolverListener {
  private final List<String> lines = new CopyOnWriteArrayList<>();

  /** Returns all events so far. */
  List<String> all() {
    return List.copyOf(lines);
  }

  @Override
  public void storeFailed(String what, String detail) {
    lines.add("failed " + what + " " + detail);
  }

  @Override
  public void storeRecovered(String what) {
    lines.add("recovered " + what);
  }

  @Override
  public void storedRowUnreadable(String domain, String detail) {
    lines.add("unreadable " + domain + " " + detail);
  }

  @Override
  public void ownTrouble(OwnTrouble kind, String detail) {
    lines.add(kind + " " + detail);
  }
}
