package io.github.mtasts.store.jdbc;

import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.store.PolicyStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Borrows connections for one piece of work each and gives them back as they were.
 *
 * <p>Work that the database rolled back, or did not begin because the file is in use, is done again
 * a few times within the time that one statement has. Safe for use by several threads.
 */
final class Sessions {
  /** How often a piece of work is begun, at most. */
  static final int MOST_ATTEMPTS = 8;

  private static final int SHORTEST_PAUSE_MILLIS = 2;

  private final DataSource dataSource;
  private final int timeoutSeconds;
  private volatile @Nullable Dialect dialect;

  Sessions(DataSource dataSource, int timeoutSeconds) {
    this.dataSource = dataSource;
    this.timeoutSeconds = timeoutSeconds;
  }

  /** A piece of work that may be done again if it fails. */
  @FunctionalInterface
  interface Work<T> {
    T on(Session session) throws SQLException;
  }

  /**
   * Does a piece of work.
   *
   * @param goal what it is for, to follow "expected"
   */
  <T> T run(String goal, Work<T> work) {
    long start = System.nanoTime();
    for (int attempt = 1; ; attempt++) {
      refuseIfInterrupted(goal);
      try {
        return once(work);
      } catch (SQLException e) {
        boolean isLate = System.nanoTime() - start > TimeUnit.SECONDS.toNanos(timeoutSeconds);
        if (attempt == MOST_ATTEMPTS || isLate || !isWorthAnotherTry(e)) {
          throw Complaint.of(goal, e, "look at the database, and at the store's data source");
        }
      }
      pause(attempt, goal);
    }
  }

  private <T> T once(Work<T> work) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      NetworkLimit limit = NetworkLimit.on(connection, timeoutSeconds);
      try {
        return inAutoCommit(connection, work);
      } finally {
        limit.lift();
      }
    }
  }

  private <T> T inAutoCommit(Connection connection, Work<T> work) throws SQLException {
    Session session = new Session(connection, dialectOf(connection), timeoutSeconds);
    if (connection.getAutoCommit()) {
      return work.on(session);
    }
    connection.setAutoCommit(true);
    try {
      return work.on(session);
    } finally {
      connection.setAutoCommit(false);
    }
  }

  private Dialect dialectOf(Connection connection) throws SQLException {
    Dialect known = dialect;
    if (known == null) {
      known = Dialect.of(connection).orElseThrow(() -> unknownProduct(connection));
      dialect = known;
    }
    return known;
  }

  private static PolicyStoreException unknownProduct(Connection connection) {
    String product;
    try {
      product = connection.getMetaData().getDatabaseProductName();
    } catch (SQLException e) {
      product = "a database that does not say its name";
    }
    return new PolicyStoreException(
        "policy store: expected H2, SQLite, PostgreSQL or MariaDB (MySQL), found "
            + Excerpt.of(product)
            + "; use one of these, or implement PolicyStore for yours");
  }

  /**
   * What is not known yet is SQLite where its codes come: no other has such, and a try is cheap.
   */
  private boolean isWorthAnotherTry(SQLException thrown) {
    Dialect known = dialect;
    return known == null
        ? thrown.getSQLState() == null && Dialect.SQLITE.isWorthAnotherTry(thrown)
        : known.isWorthAnotherTry(thrown);
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

  /** Callers that got into each other's way meet again at different moments. */
  private static void pause(int attempt, String goal) {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextInt(SHORTEST_PAUSE_MILLIS << attempt) + 1L);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(goal);
    }
  }
}
