package io.github.mtasts.mail;

import io.github.mtasts.decision.MxDecision;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/**
 * Connections that are open between two messages, each for one policy domain and one decision.
 *
 * <p>A connection that was judged by one domain's policy is never used for another domain's mail,
 * though both have the same MX host. Safe for use by several threads.
 */
final class IdleConnections implements AutoCloseable {
  /** More are not kept open: {@value}. */
  static final int MOST = 16;

  private final Deque<MxConnection> idle = new ArrayDeque<>(); // guarded by this
  private boolean closed; // guarded by this

  /** A connection for this decision to this port, if there is one; the caller's from now on. */
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

  /** Keeps a connection, and ends the one that has waited longest if there are too many. */
  void keep(MxConnection connection) {
    MxConnection surplus;
    synchronized (this) {
      if (closed) {
        surplus = connection;
      } else {
        idle.addLast(connection);
        surplus = idle.size() > MOST ? idle.pollFirst() : null;
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
    try (Deadline goodbye = new Deadline(MxConnection.GOODBYE)) {
      all.forEach(connection -> connection.close(goodbye)); // one farewell for all of them
    }
  }
}
