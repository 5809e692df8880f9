// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/**
 * Limits how long a borrowed connection waits for the network.
 *
 * <p>A server that disappears without closing its connections, as in a failover, answers neither a
 * statement nor the request to cancel it, and an interrupt does not end a read from a socket.
 * Without this limit the thread would wait for ever, even after another server has taken over, and
 * only a few threads talk to the store.
 */
final class NetworkTimeout {
  /** The limit in statement timeouts: the database has one of them to end a statement itself. */
  private static final int STATEMENT_TIMEOUTS = 2;

  private NetworkTimeout() {}

  /** Sets the limit, unless the connection has a shorter one; returns what restores it. */
  static Runnable set(Connection connection, int statementTimeoutSeconds) {
    long seconds = (long) STATEMENT_TIMEOUTS * statementTimeoutSeconds;
    int millis = Math.toIntExact(TimeUnit.SECONDS.toMillis(seconds));
    try {
      int previous = connection.getNetworkTimeout();
      if (previous == 0 || previous > millis) {
        change(connection, millis);
        return () -> change(connection, previous);
      }
    } catch (SQLException | RuntimeException unsupported) {
      // Embedded databases use no network, and not every driver implements this.
    }
    return () -> {};
  }

  private static void change(Connection connection, int millis) {
    try {
      connection.setNetworkTimeout(Runnable::run, millis);
    } catch (SQLException | RuntimeException broken) {
      // Unsupported, or the connection is broken and its failed statement has been reported.
    }
  }
}
