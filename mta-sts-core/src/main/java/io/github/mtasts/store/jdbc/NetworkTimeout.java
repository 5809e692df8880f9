// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalInt;
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

  private final Connection connection;
  private final OptionalInt previousMillis;

  private NetworkTimeout(Connection connection, OptionalInt previousMillis) {
    this.connection = connection;
    this.previousMillis = previousMillis;
  }

  /** Sets the limit, unless the connection has a shorter one. */
  static NetworkTimeout set(Connection connection, int statementTimeoutSeconds) {
    long seconds = (long) STATEMENT_TIMEOUTS * statementTimeoutSeconds;
    int millis = Math.toIntExact(TimeUnit.SECONDS.toMillis(seconds));
    return new NetworkTimeout(connection, lower(connection, millis));
  }

  /** Returns the previous value; empty if it was not changed. */
  private static OptionalInt lower(Connection connection, int millis) {
    try {
      int previous = connection.getNetworkTimeout();
      if (previous > 0 && previous <= millis) {
        return OptionalInt.empty();
      }
      connection.setNetworkTimeout(Runnable::run, millis);
      return OptionalInt.of(previous);
    } catch (SQLException | RuntimeException unsupported) {
      // Embedded databases use no network, and not every driver implements this.
      return OptionalInt.empty();
    }
  }

  /** Restores the previous value before the connection is returned. */
  void restore() {
    if (previousMillis.isPresent()) {
      try {
        connection.setNetworkTimeout(Runnable::run, previousMillis.getAsInt());
      } catch (SQLException | RuntimeException broken) {
        // The connection is broken; the failed statement has been reported.
      }
    }
  }
}
