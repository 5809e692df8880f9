// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** The differences between the databases: column types and error codes. */
enum Dialect {
  SQLITE("", "TEXT", "") {
    /** The driver reports one code for all constraints; a key that exists is in SQLite's text. */
    @Override
    boolean reportsDuplicateKey(SQLException error) {
      return primary(error) == SQLITE_CONSTRAINT
          && String.valueOf(error.getMessage()).contains("UNIQUE constraint failed");
    }

    @Override
    boolean reportsRefusedRow(SQLException error) {
      int code = primary(error);
      return code == SQLITE_CONSTRAINT || code == SQLITE_TOO_BIG || code == SQLITE_MISMATCH;
    }

    @Override
    boolean mayReportMissingTable(SQLException error) {
      return primary(error) == SQLITE_ERROR;
    }

    @Override
    boolean reportsConflict(SQLException error) {
      return primary(error) == SQLITE_BUSY || primary(error) == SQLITE_LOCKED;
    }
  },
  POSTGRESQL(" COLLATE \"C\"", "TEXT", "") {
    @Override
    boolean reportsDuplicateKey(SQLException error) {
      return "23505".equals(error.getSQLState());
    }

    @Override
    boolean reportsConflict(SQLException error) {
      return isRollback(error);
    }

    @Override
    boolean mayReportMissingTable(SQLException error) {
      return "42P01".equals(error.getSQLState());
    }
  },
  MARIADB("", "MEDIUMTEXT", " ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin") {
    @Override
    boolean reportsDuplicateKey(SQLException error) {
      return error.getErrorCode() == MARIADB_DUPLICATE_ENTRY;
    }

    @Override
    boolean reportsRefusedRow(SQLException error) {
      return super.reportsRefusedRow(error) || error.getErrorCode() == MARIADB_WRONG_VALUE;
    }

    @Override
    boolean mayReportMissingTable(SQLException error) {
      return error.getErrorCode() == MARIADB_NO_SUCH_TABLE;
    }

    @Override
    boolean reportsConflict(SQLException error) {
      return isRollback(error) || error.getErrorCode() == MARIADB_RECORD_CHANGED;
    }
  };

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
  final boolean isDuplicateKey(SQLException thrown) {
    return anyError(thrown, this::reportsDuplicateKey);
  }

  /** Whether the statement changed nothing and may succeed when it is repeated. */
  final boolean isRetryable(SQLException thrown) {
    return anyError(thrown, this::reportsConflict);
  }

  /** Whether the database refused a row because of what is in it. */
  final boolean isRefusedRow(SQLException thrown) {
    return anyError(thrown, this::reportsRefusedRow);
  }

  /** Whether the table may be missing. */
  final boolean isPerhapsMissingTable(SQLException thrown) {
    return anyError(thrown, this::mayReportMissingTable);
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

  abstract boolean mayReportMissingTable(SQLException error);

  /** Classes 22 and 23 of the SQL standard: wrong data, or a constraint. */
  boolean reportsRefusedRow(SQLException error) {
    String state = String.valueOf(error.getSQLState());
    return state.startsWith("22") || state.startsWith("23");
  }

  /** SQLite's error code without its extension. */
  private static int primary(SQLException error) {
    return error.getErrorCode() & 0xFF;
  }

  /** Class 40 of the SQL standard: rolled back because of a deadlock or a conflict. */
  private static boolean isRollback(SQLException error) {
    return error.getSQLState() != null && error.getSQLState().startsWith("40");
  }
}
