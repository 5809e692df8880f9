// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import io.github.mtasts.store.PolicyStoreException;
import java.sql.SQLException;
import java.util.OptionalInt;

/**
 * Creates or checks the table before its first use, in the version that this release reads.
 *
 * <p>Several threads and several nodes may start at once: every step may be repeated, and a step
 * that fails because another node was faster is followed by another check. Safe for use by several
 * threads.
 */
final class SchemaSetup {
  private static final int MOST_ATTEMPTS = 5;

  private final PolicyTable table;
  private final JdbcPolicyStore.Schema schema;
  private final String tableAndPlace;
  private volatile boolean done;

  SchemaSetup(PolicyTable table, JdbcPolicyStore.Schema schema, String place) {
    this.table = table;
    this.schema = schema;
    this.tableAndPlace = table.name + place;
  }

  void ensure(SqlConnection connection) throws SQLException {
    if (!done) {
      if (schema == JdbcPolicyStore.Schema.EXISTING) {
        requireTable(connection);
      } else {
        createTable(connection);
      }
      done = true;
    }
  }

  /**
   * Creates the table again if it was dropped, or the file of SQLite deleted, while the store runs.
   * If the table exists, another thread has just created it.
   *
   * @param thrown what a statement on the table has thrown
   * @return whether the statement may be repeated
   */
  boolean createAgain(SqlConnection connection, SQLException thrown) throws SQLException {
    if (schema == JdbcPolicyStore.Schema.EXISTING
        || !connection.dialect().isPerhapsMissingTable(thrown)) {
      return false;
    }
    createTable(connection);
    return true;
  }

  private void requireTable(SqlConnection connection) {
    OptionalInt version;
    try {
      version = readVersion(connection);
    } catch (SQLException e) {
      throw SqlErrors.toStoreException(
          "to read the table " + tableAndPlace, e, "run the statements of ddl()");
    }
    requireVersion(version.orElse(0));
  }

  private void createTable(SqlConnection connection) throws SQLException {
    SQLException lastError = new SQLException("not tried");
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      if (exists(connection)) {
        return;
      }
      try {
        for (String statement : table.creation(connection.dialect())) {
          connection.update(statement);
        }
      } catch (SQLException e) {
        lastError = e; // another node was faster, or a right is missing: the next check shows which
      }
    }
    if (!exists(connection)) {
      throw SqlErrors.toStoreException(
          "to create the table " + tableAndPlace,
          lastError,
          "grant the right to create it, or run the statements of ddl()");
    }
  }

  /** An exception counts as "does not exist": reading a missing table throws one. */
  private boolean exists(SqlConnection connection) {
    OptionalInt version;
    try {
      version = readVersion(connection);
    } catch (SQLException e) {
      return false;
    }
    version.ifPresent(this::requireVersion);
    return version.isPresent();
  }

  private OptionalInt readVersion(SqlConnection connection) throws SQLException {
    return connection.query(table.version, row -> row.getInt(1)).stream()
        .mapToInt(Integer::intValue)
        .findFirst();
  }

  private void requireVersion(int version) {
    if (version != PolicyTable.VERSION) {
      throw new PolicyStoreException(
          "policy store: expected table "
              + tableAndPlace
              + " in version "
              + PolicyTable.VERSION
              + ", found "
              + (version == 0 ? "none" : "version " + version)
              + "; "
              + (version > PolicyTable.VERSION
                  ? "a newer release of this library created it: update this one, or use another"
                      + " table"
                  : "run the statements of ddl()"));
    }
  }
}
