// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;

/** The differences between the databases: column types and error codes. */
enum Dialect {
  SQLITE("", "TEXT", ""),
  POSTGRESQL(" COLLATE \"C\"", "TEXT", ""),
  MARIADB("", "MEDIUMTEXT", " ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");

  // Copies of the drivers' constants: the drivers are not on our compile class path.
  private static final int SQLITE_ERROR = 1;
  private static final int SQLITE_BUSY = 5;
  private static final int SQLITE_LOCKED = 6;
  private static final int SQLITE_TOO_BIG = 18;
  private static final int SQLITE_CONSTRAINT = 19;
  private static final int SQLITE_MISMATCH = 20;
  private static final int MARIADB_RECORD_CHANGED = 1020;
  private static final int MARIADB_DUPLICATE_ENTRY = 1062;
  private static final int MARIADB_NO_SUCH_TABLE = 1146;
  private static final int MARIADB_WRONG_VALUE = 1366;

  /** The collation that compares and sorts names by their ASCII codes. */
  final String nameCollation;

  /** The type of a column for 65,536 arbitrary characters. */
  final String textType;

  /** What follows the list of columns in {@code CREATE TABLE}. */
  final String tableOptions;

  Dialect(String nameCollation, String textType, String tableOptions) {
    this.nameCollation = nameCollation;
    this.textType = textType;
    this.tableOptions = tableOptions;
  }

  /** Returns the dialect of the connected database; empty if it is not supported. */
  static Optional<Dialect> of(Connection connection) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
    return switch (product) {
      case "sqlite" -> Optional.of(SQLITE);
      case "postgresql" -> Optional.of(POSTGRESQL);
      case "mariadb" -> Optional.of(MARIADB);
      default -> Optional.empty();
    };
  }

  /** Whether the statement failed because a row with that key exists. */
  boolean isDuplicateKey(SQLException thrown) {
    return any(
        thrown,
        error ->
            switch (this) {
              // The driver reports one code for all constraints; the rest is in SQLite's text.
              case SQLITE ->
                  sqlite(error) == SQLITE_CONSTRAINT
                      && String.valueOf(error.getMessage()).contains("UNIQUE constraint failed");
              case POSTGRESQL -> state(error).equals("23505");
              case MARIADB -> error.getErrorCode() == MARIADB_DUPLICATE_ENTRY;
            });
  }

  /** Whether the statement changed nothing and may succeed when it is repeated. */
  boolean isRetryable(SQLException thrown) {
    return any(
        thrown,
        error ->
            switch (this) {
              case SQLITE -> sqlite(error) == SQLITE_BUSY || sqlite(error) == SQLITE_LOCKED;
              case POSTGRESQL -> isRollback(error);
              case MARIADB -> isRollback(error) || error.getErrorCode() == MARIADB_RECORD_CHANGED;
            });
  }

  /** Whether the table may be missing. */
  boolean isPerhapsMissingTable(SQLException thrown) {
    return any(
        thrown,
        error ->
            switch (this) {
              case SQLITE -> sqlite(error) == SQLITE_ERROR;
              case POSTGRESQL -> state(error).equals("42P01");
              case MARIADB -> error.getErrorCode() == MARIADB_NO_SUCH_TABLE;
            });
  }

  /** Whether the database refused a row because of what is in it. */
  boolean isRefusedRow(SQLException thrown) {
    return any(
        thrown,
        error ->
            switch (this) {
              case SQLITE ->
                  sqlite(error) == SQLITE_CONSTRAINT
                      || sqlite(error) == SQLITE_TOO_BIG
                      || sqlite(error) == SQLITE_MISMATCH;
              case POSTGRESQL -> isDataError(error);
              case MARIADB -> isDataError(error) || error.getErrorCode() == MARIADB_WRONG_VALUE;
            });
  }

  private static boolean any(SQLException thrown, Predicate<SQLException> condition) {
    return StreamSupport.stream(thrown.spliterator(), false)
        .anyMatch(each -> each instanceof SQLException error && condition.test(error));
  }

  /** Classes 22 and 23 of the SQL standard: wrong data, or a constraint. */
  private static boolean isDataError(SQLException error) {
    return state(error).startsWith("22") || state(error).startsWith("23");
  }

  /** Class 40 of the SQL standard: rolled back because of a deadlock or a conflict. */
  private static boolean isRollback(SQLException error) {
    return state(error).startsWith("40");
  }

  private static String state(SQLException error) {
    return String.valueOf(error.getSQLState());
  }

  /** SQLite's error code without its extension. */
  private static int sqlite(SQLException error) {
    return error.getErrorCode() & 0xFF;
  }
}
