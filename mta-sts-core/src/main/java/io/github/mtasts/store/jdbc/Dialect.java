// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** The differences between the databases: column types, error codes, durability. */
enum Dialect {
  H2("", "CHARACTER VARYING(65536)", "", Durability.BY_COMMAND) {
    @Override
    boolean reportsDuplicateKey(SQLException error) {
      return "23505".equals(error.getSQLState());
    }

    @Override
    boolean reportsConflict(SQLException error) {
      return isRollback(error) || error.getErrorCode() == H2_CONCURRENT_UPDATE;
    }
  },
  SQLITE("", "TEXT", "", Durability.BY_COMMIT) {
    @Override
    boolean reportsDuplicateKey(SQLException error) {
      return error.getErrorCode() == SQLITE_CONSTRAINT;
    }

    @Override
    boolean reportsConflict(SQLException error) {
      return error.getErrorCode() == SQLITE_BUSY || error.getErrorCode() == SQLITE_LOCKED;
    }
  },
  POSTGRESQL(" COLLATE \"C\"", "TEXT", "", Durability.BY_COMMIT) {
    @Override
    boolean reportsDuplicateKey(SQLException error) {
      return "23505".equals(error.getSQLState());
    }

    @Override
    boolean reportsConflict(SQLException error) {
      return isRollback(error);
    }
  },
  MARIADB(
      "",
      "MEDIUMTEXT",
      " ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
      Durability.BY_COMMIT) {
    @Override
    boolean reportsDuplicateKey(SQLException error) {
      return error.getErrorCode() == MARIADB_DUPLICATE_ENTRY;
    }

    @Override
    boolean reportsConflict(SQLException error) {
      return isRollback(error) || error.getErrorCode() == MARIADB_RECORD_CHANGED;
    }
  };

  // Copies of the drivers' constants: the drivers are not on our compile class path.
  private static final int H2_CONCURRENT_UPDATE = 90131;
  private static final int SQLITE_BUSY = 5;
  private static final int SQLITE_LOCKED = 6;
  private static final int SQLITE_CONSTRAINT = 19;
  private static final int MARIADB_RECORD_CHANGED = 1020;
  private static final int MARIADB_DUPLICATE_ENTRY = 1062;

  /** The collation that compares and sorts names by their ASCII codes. */
  final String nameCollation;

  /** The type of a column for 65,536 arbitrary characters. */
  final String textType;

  /** What follows the list of columns in {@code CREATE TABLE}. */
  final String tableOptions;

  /** What the store must do so that the database keeps committed data. */
  final Durability durability;

  Dialect(String nameCollation, String textType, String tableOptions, Durability durability) {
    this.nameCollation = nameCollation;
    this.textType = textType;
    this.tableOptions = tableOptions;
    this.durability = durability;
  }

  /** Returns the dialect of the connected database; empty if it is not supported. */
  static Optional<Dialect> of(Connection connection) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
    return switch (product) {
      case "h2" -> Optional.of(H2);
      case "sqlite" -> Optional.of(SQLITE);
      case "postgresql" -> Optional.of(POSTGRESQL);
      case "mariadb" -> Optional.of(MARIADB);
      default -> Optional.empty();
    };
  }

  /** Whether the statement failed because a row with that key exists. */
  final boolean isDuplicateKey(SQLException thrown) {
    return anyError(thrown, this::reportsDuplicateKey);
  }

  /** Whether the statement changed nothing and may succeed when it is repeated. */
  final boolean isRetryable(SQLException thrown) {
    return anyError(thrown, this::reportsConflict);
  }

  private static boolean anyError(SQLException thrown, Predicate<SQLException> condition) {
    for (Throwable each : thrown) {
      if (each instanceof SQLException error && condition.test(error)) {
        return true;
      }
    }
    return false;
  }

  abstract boolean reportsDuplicateKey(SQLException error);

  abstract boolean reportsConflict(SQLException error);

  /** Class 40 of the SQL standard: rolled back because of a deadlock or a conflict. */
  private static boolean isRollback(SQLException error) {
    return error.getSQLState() != null && error.getSQLState().startsWith("40");
  }
}
