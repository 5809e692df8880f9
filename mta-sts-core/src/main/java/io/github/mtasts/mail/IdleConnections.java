// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import io.github.mtasts.decision.MxDecision;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/**
 * Open connections that wait for the next message, each for one policy domain and one decision.
 *
 * <p>A connection that was checked against one domain's policy is never used for another domain's
 * mail, even if both have the same MX host. Thread-safe.
 */
final class IdleConnections implements AutoCloseable {
  /** The most connections that are kept open: {@value}. */
  static final int MAX_CONNECTIONS = 16;

  private final Deque<MxConnection> idle = new ArrayDeque<>(); // guarded by this
  private boolean closed; // guarded by this

  /** Removes and returns a connection for this decision and port, if there is one. */
  synchronized Optional<MxConnection> take(MxDecision decision, int port) {
    for (Iterator<MxConnection> each = idle.iterator(); each.hasNext(); ) {
      MxConnection connection = each.next();
      if (connection.serves(decision, port)) {
        each.remove();
        return Optional.of(connection);
      }
    }
    return Optional.empty();
  }

  /** Keeps a connection, and closes the one that has been idle longest if there are too many. */
  void keep(MxConnection connection) {
    MxConnection surplus;
    synchronized (this) {
      if (closed) {
        surplus = connection;
      } else {
        idle.addLast(connection);
        surplus = idle.size() > MAX_CONNECTIONS ? idle.pollFirst() : null;
      }
    }
    if (surplus != null) {
      surplus.close();
    }
  }

  @Override
  public void close() {
    Deque<MxConnection> all;
    synchronized (this) {
      closed = true;
      all = new ArrayDeque<>(idle);
      idle.clear();
    }
    try (Deadline deadline = new Deadline(MxConnection.CLOSE_TIMEOUT)) { // for all together
      all.forEach(connection -> connection.close(deadline));
    }
  }
}
