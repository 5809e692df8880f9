package io.github.mtasts.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * How long a connection that we have borrowed waits for the network.
 *
 * <p>A server that is gone without a word, as after a failover, answers neither a statement nor the
 * request to cancel it, and an interrupt ends no read from a socket: the thread would wait for
 * ever, and with it each of the few that talk to the store, long after another server has taken
 * over.
 */
final class NetworkLimit {
  /** The database gets as long again to end a statement by itself. */
  private static final int STATEMENTS = 2;

  private final Connection connection;
  private final OptionalInt before;

  private NetworkLimit(Connection connection, OptionalInt before) {
    this.connection = connection;
    this.before = before;
  }

  static NetworkLimit on(Connection connection, int timeoutSeconds) {
    int wanted = Math.toIntExact(TimeUnit.SECONDS.toMillis((long) STATEMENTS * timeoutSeconds));
    return new NetworkLimit(connection, lower(connection, wanted));
  }

  /** Returns what it was; empty if that is left as it is. */
  private static OptionalInt lower(Connection connection, int wanted) {
    try {
      int before = connection.getNetworkTimeout();
      if (before > 0 && before <= wanted) {
        return OptionalInt.empty();
      }
      connection.setNetworkTimeout(Runnable::run, wanted);
      return OptionalInt.of(before);
    } catch (SQLException | RuntimeException unsupported) {
      // An embedded database has no network, and not every driver knows of this.
      return OptionalInt.empty();
    }
  }

  /** Gives the connection back as it was. */
  void lift() {
    if (before.isPresent()) {
      try {
        connection.setNetworkTimeout(Runnable::run, before.getAsInt());
      } catch (SQLException | RuntimeException lost) {
        // Of a connection that is lost, nobody wants to know.
      }
    }
  }
}
