package io.github.mtasts.store.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;

/** In what the databases differ: types, and how they say what went wrong. */
enum Dialect {
  H2("", "CHARACTER VARYING(65536)", "", Durability.BY_COMMAND) {
    @Override
    boolean saysDuplicate(SQLException said) {
      return "23505".equals(said.getSQLState());
    }

    @Override
    boolean saysTryAgain(SQLException said) {
      return isRollback(said) || said.getErrorCode() == H2_CONCURRENT_UPDATE;
    }

    @Override
    Optional<String> weakness(Session session) throws SQLException {
      return H2File.weakness(session);
    }
  },
  SQLITE("", "TEXT", "", Durability.BY_COMMIT) {
    @Override
    boolean saysDuplicate(SQLException said) {
      return said.getErrorCode() == SQLITE_CONSTRAINT;
    }

    @Override
    boolean saysTryAgain(SQLException said) {
      return said.getErrorCode() == SQLITE_BUSY || said.getErrorCode() == SQLITE_LOCKED;
    }
  },
  POSTGRESQL(" COLLATE \"C\"", "TEXT", "", Durability.BY_COMMIT) {
    @Override
    boolean saysDuplicate(SQLException said) {
      return "23505".equals(said.getSQLState());
    }

    @Override
    boolean saysTryAgain(SQLException said) {
      return isRollback(said);
    }
  },
  MARIADB(
      "",
      "MEDIUMTEXT",
      " ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
      Durability.BY_COMMIT) {
    @Override
    boolean saysDuplicate(SQLException said) {
      return said.getErrorCode() == MARIADB_DUPLICATE_ENTRY;
    }

    @Override
    boolean saysTryAgain(SQLException said) {
      return isRollback(said) || said.getErrorCode() == MARIADB_RECORD_CHANGED;
    }
  };

  // The drivers' own constants, which are not on our class path.
  private static final int H2_CONCURRENT_UPDATE = 90131;
  private static final int SQLITE_BUSY = 5;
  private static final int SQLITE_LOCKED = 6;
  private static final int SQLITE_CONSTRAINT = 19;
  private static final int MARIADB_RECORD_CHANGED = 1020;
  private static final int MARIADB_DUPLICATE_ENTRY = 1062;

  /** What makes names compare and sort by their ASCII codes. */
  final String nameCollation;

  /** A type for 65,536 characters of any kind. */
  final String textType;

  /** What follows the columns. */
  final String tableOptions;

  /** What has the database keep what it has committed. */
  final Durability durability;

  Dialect(String nameCollation, String textType, String tableOptions, Durability durability) {
    this.nameCollation = nameCollation;
    this.textType = textType;
    this.tableOptions = tableOptions;
    this.durability = durability;
  }

  /** Asks a connection what it is connected to; empty if it is none of ours. */
  static Optional<Dialect> of(Connection connection) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
    return switch (product) {
      case "h2" -> Optional.of(H2);
      case "sqlite" -> Optional.of(SQLITE);
      case "postgresql" -> Optional.of(POSTGRESQL);
      case "mariadb", "mysql" -> Optional.of(MARIADB);
      default -> Optional.empty();
    };
  }

  /**
   * What makes this very database keep less than is promised; empty if nothing is known.
   *
   * @throws SQLException if it cannot be asked, as in another release of it
   */
  Optional<String> weakness(Session session) throws SQLException {
    return Optional.empty();
  }

  /** Whether a row with that key is there already. */
  final boolean isDuplicateKey(SQLException thrown) {
    for (Throwable each : thrown) {
      if (each instanceof SQLException said && saysDuplicate(said)) {
        return true;
      }
    }
    return false;
  }

  /** Whether nothing was done, and the same statement may succeed the next moment. */
  final boolean isWorthAnotherTry(SQLException thrown) {
    for (Throwable each : thrown) {
      if (each instanceof SQLException said && saysTryAgain(said)) {
        return true;
      }
    }
    return false;
  }

  abstract boolean saysDuplicate(SQLException said);

  abstract boolean saysTryAgain(SQLException said);

  /** Class 40 of the SQL standard: rolled back, for a deadlock or a conflict. */
  private static boolean isRollback(SQLException said) {
    return said.getSQLState() != null && said.getSQLState().startsWith("40");
  }
}
