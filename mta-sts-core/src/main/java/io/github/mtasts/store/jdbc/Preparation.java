package io.github.mtasts.store.jdbc;

import io.github.mtasts.store.PolicyStoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Makes sure that the table is there, in the version that this release reads, before its first use.
 *
 * <p>Several threads and several nodes may begin at once: every step is harmless where it was done
 * already, and whoever trips over another looks again. Safe for use by several threads.
 */
final class Preparation {
  private static final Logger LOG = System.getLogger(JdbcPolicyStore.class.getName());
  private static final int MOST_ROUNDS = 5;

  private final PolicyTable table;
  private final JdbcPolicyStore.Schema schema;
  private final AtomicBoolean judged = new AtomicBoolean();
  private volatile boolean done;

  Preparation(PolicyTable table, JdbcPolicyStore.Schema schema) {
    this.table = table;
    this.schema = schema;
  }

  void ensure(Session session) throws SQLException {
    if (!done) {
      setDurability(session);
      warnOfWeakness(session);
      if (schema == JdbcPolicyStore.Schema.EXISTING) {
        requireTable(session);
      } else {
        makeTable(session);
      }
      done = true;
    }
  }

  private static void setDurability(Session session) {
    Optional<String> command = session.dialect().durability.atFirst;
    if (command.isEmpty()) {
      return;
    }
    try {
      session.update(command.get());
    } catch (SQLException e) {
      throw Complaint.of(
          "to have the database keep what it commits by " + command.get(),
          e,
          "grant the store's user the rights of an administrator");
    }
  }

  /** Once: whoever runs it may know better. */
  private void warnOfWeakness(Session session) {
    if (judged.compareAndSet(false, true)) {
      try {
        session
            .dialect()
            .weakness(session)
            .ifPresent(weakness -> LOG.log(Level.WARNING, "policy store: " + weakness));
      } catch (SQLException e) {
        // A release that cannot be asked is not accused; and what else is wrong, the next call
        // says.
      }
    }
  }

  private void requireTable(Session session) {
    OptionalInt version;
    try {
      version = version(session);
    } catch (SQLException e) {
      throw Complaint.of("to read the table " + table.name, e, "have the statements of ddl() run");
    }
    requireVersion(version.orElse(0));
  }

  private void makeTable(Session session) throws SQLException {
    SQLException obstacle = new SQLException("not tried");
    for (int round = 0; round < MOST_ROUNDS; round++) {
      if (isThere(session)) {
        return;
      }
      try {
        for (String statement : table.creation(session.dialect())) {
          session.update(statement);
        }
        session.makeDurable();
      } catch (SQLException e) {
        obstacle = e; // another node was quicker, or we may not: the next look tells
      }
    }
    if (!isThere(session)) {
      throw Complaint.of(
          "to make the table " + table.name,
          obstacle,
          "grant the right to create it, or have the statements of ddl() run");
    }
  }

  /** A failed look says nothing yet: without a table it is what we expect. */
  private boolean isThere(Session session) {
    OptionalInt version;
    try {
      version = version(session);
    } catch (SQLException e) {
      return false;
    }
    version.ifPresent(this::requireVersion);
    return version.isPresent();
  }

  private OptionalInt version(Session session) throws SQLException {
    return session.query(table.version, row -> row.getInt(1)).stream()
        .mapToInt(Integer::intValue)
        .findFirst();
  }

  private void requireVersion(int version) {
    if (version != PolicyTable.VERSION) {
      throw new PolicyStoreException(
          "policy store: expected table "
              + table.name
              + " in version "
              + PolicyTable.VERSION
              + ", found "
              + (version == 0 ? "none" : "version " + version)
              + "; "
              + (version > PolicyTable.VERSION
                  ? "a newer release of this library made it: update this one, or use another table"
                  : "have the statements of ddl() run"));
    }
  }
}
