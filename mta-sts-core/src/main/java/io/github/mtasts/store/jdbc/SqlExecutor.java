// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.store.PolicyStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs work on a borrowed connection, and returns the connection in the state in which it came.
 *
 * <p>Work that the database rolled back, or refused because the file is in use, is retried a few
 * times within the timeout of one statement. Safe for use by several threads.
 */
final class SqlExecutor implements SqlRunner {
  /** The largest number of attempts, the first one included. */
  static final int MOST_ATTEMPTS = 8;

  private static final int SHORTEST_PAUSE_MILLIS = 2;

  private final Connections connections;
  private final int timeoutSeconds;
  private volatile @Nullable Dialect dialect;

  SqlExecutor(Connections connections, int timeoutSeconds) {
    this.connections = connections;
    this.timeoutSeconds = timeoutSeconds;
  }

  /** Where connections come from. */
  @FunctionalInterface
  interface Connections {
    Connection open() throws SQLException;

    /** What an operator can do when they fail. */
    default String advice() {
      return "check the database and the data source of the store";
    }
  }

  @Override
  public <T> T run(String goal, Work<T> work) {
    long start = System.nanoTime();
    for (int attempt = 1; ; attempt++) {
      refuseIfInterrupted(goal);
      try {
        return runOnce(work);
      } catch (SQLException e) {
        if (isRefusedRow(e)) {
          throw SqlErrors.toRowRefused(goal, e);
        }
        boolean isLate = System.nanoTime() - start > TimeUnit.SECONDS.toNanos(timeoutSeconds);
        if (attempt == MOST_ATTEMPTS || isLate || !isRetryable(e)) {
          throw SqlErrors.toStoreException(goal, e, connections.advice());
        }
      }
      pause(attempt, goal);
    }
  }

  private <T> T runOnce(Work<T> work) throws SQLException {
    try (Connection connection = connections.open()) {
      Runnable restoreTimeout = NetworkTimeout.set(connection, timeoutSeconds);
      try {
        return runInAutoCommit(connection, work);
      } finally {
        restoreTimeout.run();
      }
    }
  }

  private <T> T runInAutoCommit(Connection connection, Work<T> work) throws SQLException {
    SqlConnection borrowed = new SqlConnection(connection, dialectOf(connection), timeoutSeconds);
    if (connection.getAutoCommit()) {
      return work.on(borrowed);
    }
    connection.setAutoCommit(true);
    try {
      return work.on(borrowed);
    } finally {
      connection.setAutoCommit(false);
    }
  }

  private Dialect dialectOf(Connection connection) throws SQLException {
    Dialect known = dialect;
    if (known == null) {
      known = Dialect.of(connection).orElseThrow(() -> unsupportedDatabase(connection));
      dialect = known;
    }
    return known;
  }

  private static PolicyStoreException unsupportedDatabase(Connection connection) {
    String product;
    try {
      product = connection.getMetaData().getDatabaseProductName();
    } catch (SQLException e) {
      product = "a database that does not report its name";
    }
    return new PolicyStoreException(
        "policy store: expected SQLite, PostgreSQL or MariaDB, found "
            + Excerpt.of(product)
            + "; use one of these, or implement PolicyStore for yours");
  }

  /**
   * Before the dialect is known, an error without SQLState is taken for SQLite's: only SQLite
   * refuses a connection because the file is in use, and an extra attempt costs little.
   */
  private boolean isRetryable(SQLException thrown) {
    Dialect known = dialect;
    return known == null
        ? thrown.getSQLState() == null && Dialect.SQLITE.isRetryable(thrown)
        : known.isRetryable(thrown);
  }

  private boolean isRefusedRow(SQLException thrown) {
    Dialect known = dialect;
    return known != null && known.isRefusedRow(thrown);
  }

  static void refuseIfInterrupted(String goal) {
    if (Thread.currentThread().isInterrupted()) {
      throw interrupted(goal);
    }
  }

  private static PolicyStoreException interrupted(String goal) {
    return new PolicyStoreException(
        "policy store: expected "
            + goal
            + ", found the thread interrupted; its caller has stopped waiting");
  }

  /** A random pause, so that callers that conflicted do not conflict again. */
  private static void pause(int attempt, String goal) {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextInt(SHORTEST_PAUSE_MILLIS << attempt) + 1L);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(goal);
    }
  }
}
