// SPDX-License-Identifier: Apache-2.0
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

/** Runs statements on a borrowed connection. Every statement has a timeout and is closed. */
record SqlConnection(Connection connection, Dialect dialect, int timeoutSeconds) {

  /** Creates a value from the current row of a result. */
  @FunctionalInterface
  interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  <T> List<T> query(String sql, RowReader<T> reader, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = prepare(sql, values);
        ResultSet rows = statement.executeQuery()) {
      List<T> result = new ArrayList<>();
      while (rows.next()) {
        result.add(reader.read(rows));
      }
      return result;
    }
  }

  <T> Optional<T> queryOne(String sql, RowReader<T> reader, @Nullable Object... values)
      throws SQLException {
    return query(sql, reader, values).stream().findFirst();
  }

  /** Returns the number of changed rows. */
  int update(String sql, @Nullable Object... values) throws SQLException {
    try (PreparedStatement statement = prepare(sql, values)) {
      return statement.executeUpdate();
    }
  }

  /** Returns whether the row was inserted; {@code false} if a row with that key exists. */
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

  /**
   * Runs one statement once for each set of values, in one transaction or in the current one;
   * returns the number of changed rows.
   */
  long updateAll(String sql, List<@Nullable Object[]> sets) throws SQLException {
    if (sets.isEmpty()) {
      return 0;
    }
    boolean isWithinTransaction = !connection.getAutoCommit();
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
      if (!isWithinTransaction) {
        connection.commit();
      }
      return changed;
    } catch (SQLException e) {
      if (!isWithinTransaction) {
        rollBack(e);
      }
      throw e;
    } finally {
      connection.setAutoCommit(!isWithinTransaction);
    }
  }

  private void rollBack(SQLException reason) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      reason.addSuppressed(e); // the connection is broken, so the database rolls back
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
