package io.github.mtasts.store.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection while it is ours, in auto-commit, and statements that end in time and are closed.
 */
record Session(Connection connection, Dialect dialect, int timeoutSeconds) {

  /** Makes something of the row that a result stands at. */
  @FunctionalInterface
  interface Reading<T> {
    T of(ResultSet row) throws SQLException;
  }

  <T> List<T> query(String sql, Reading<T> reading, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = prepare(sql, values);
        ResultSet rows = statement.executeQuery()) {
      List<T> read = new ArrayList<>();
      while (rows.next()) {
        read.add(reading.of(rows));
      }
      return read;
    }
  }

  <T> Optional<T> queryOne(String sql, Reading<T> reading, @Nullable Object... values)
      throws SQLException {
    return query(sql, reading, values).stream().findFirst();
  }

  /** Returns how many rows were changed. */
  int update(String sql, @Nullable Object... values) throws SQLException {
    try (PreparedStatement statement = prepare(sql, values)) {
      return statement.executeUpdate();
    }
  }

  /** Returns whether the row was inserted; {@code false} if there is one with that key. */
  boolean insert(String sql, @Nullable Object... values) throws SQLException {
    try {
      update(sql, values);
      return true;
    } catch (SQLException e) {
      if (dialect.isDuplicateKey(e)) {
        return false;
      }
      throw e;
    }
  }

  /** Runs one statement with many sets of values in one transaction; returns the rows changed. */
  long updateAll(String sql, List<@Nullable Object[]> sets) throws SQLException {
    if (sets.isEmpty()) {
      return 0;
    }
    connection.setAutoCommit(false);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setQueryTimeout(timeoutSeconds);
      for (@Nullable Object[] values : sets) {
        bind(statement, values);
        statement.addBatch();
      }
      long changed = 0;
      for (int count : statement.executeBatch()) {
        changed += count == Statement.SUCCESS_NO_INFO ? 1 : count;
      }
      connection.commit();
      return changed;
    } catch (SQLException e) {
      rollBack(e);
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private void rollBack(SQLException reason) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      reason.addSuppressed(e); // the connection is lost, and with it the transaction
    }
  }

  /** Has the database write what it has committed to where no crash can take it back. */
  void makeDurable() throws SQLException {
    Optional<String> command = dialect.durability.afterWrite;
    if (command.isPresent()) {
      update(command.get());
    }
  }

  private PreparedStatement prepare(String sql, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      statement.setQueryTimeout(timeoutSeconds);
      bind(statement, values);
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  private static void bind(PreparedStatement statement, @Nullable Object... values)
      throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
  }
}
