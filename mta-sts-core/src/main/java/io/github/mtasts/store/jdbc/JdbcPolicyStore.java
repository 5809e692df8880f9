// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.PolicyStoreException;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Policies in one table of a relational database.
 *
 * <p>Use it with SQLite or H2 so that one node keeps its policies across restarts, and with
 * PostgreSQL or MariaDB so that a fleet shares them. The application supplies the driver and the
 * {@link DataSource}, preferably a pooled one; no connection is opened before the first use.
 *
 * <p>{@link #save} is as durable as a commit of the database. By default H2 writes a commit to its
 * file half a second later, so the store sets {@code WRITE_DELAY} to 0 and ends each save with a
 * checkpoint; its H2 user needs administrator rights for that.
 *
 * <p>Open an SQLite file in the journal mode {@code WAL}: otherwise readers and writers wait for
 * each other. Open an H2 file as {@code jdbc:h2:async:FILE;REUSE_SPACE=FALSE}. Without {@code
 * async:}, the interrupt that ends a late call makes H2 close the file for all threads, and tables
 * have been lost. Without {@code REUSE_SPACE=FALSE}, H2 (2.5.252) lost its last commits in one of a
 * hundred kills. The file grows by about 17 kB per save until {@code SHUTDOWN COMPACT}. SQLite has
 * none of these limits.
 *
 * <p>Safe for use by several threads and, if the database is, by several processes.
 */
public final class JdbcPolicyStore implements PolicyStore {
  /** The default name of the table: {@value}. */
  public static final String DEFAULT_TABLE = "mta_sts_policy";

  /** The default timeout of one statement, in seconds: {@value}. */
  public static final int DEFAULT_QUERY_TIMEOUT_SECONDS = 5;

  private static final int MOST_ROWS = 10_000;
  private static final int BATCH_SIZE = 500;

  /** How the table comes into being. */
  public enum Schema {
    /** The store creates it on first use, and later releases migrate it. */
    MANAGED,
    /** A database administrator creates it with the statements of {@link #ddl}. */
    EXISTING
  }

  private final SqlExecutor executor;
  private final PolicyTable table;
  private final SchemaSetup schemaSetup;

  private JdbcPolicyStore(Builder builder) {
    this.executor = new SqlExecutor(builder.dataSource, builder.queryTimeoutSeconds);
    this.table = new PolicyTable(builder.table);
    this.schemaSetup = new SchemaSetup(table, builder.schema);
  }

  /**
   * {@return a store with the defaults, which creates its own table}
   *
   * @param dataSource supplies the connections; the store never closes it
   */
  public static JdbcPolicyStore of(DataSource dataSource) {
    return builder(dataSource).build();
  }

  /**
   * {@return a builder of a store}
   *
   * @param dataSource supplies the connections; the store never closes it
   */
  public static Builder builder(DataSource dataSource) {
    return new Builder(dataSource);
  }

  /** Configures and creates a store. Not safe for use by several threads. */
  public static final class Builder {
    private final DataSource dataSource;
    private String table = DEFAULT_TABLE;
    private Schema schema = Schema.MANAGED;
    private int queryTimeoutSeconds = DEFAULT_QUERY_TIMEOUT_SECONDS;

    private Builder(DataSource dataSource) {
      this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
    }

    /**
     * Sets the name of the table, for example to separate two fleets in one database.
     *
     * @param name at most 63 ASCII letters, digits and underscores, not beginning with a digit;
     *     optionally after a schema name and a dot. Default {@value #DEFAULT_TABLE}
     * @return this builder
     * @throws IllegalArgumentException if the name has another form
     */
    public Builder table(String name) {
      this.table = new PolicyTable(name).name;
      return this;
    }

    /**
     * Sets whether the store creates the table.
     *
     * @param schema default {@link Schema#MANAGED}
     * @return this builder
     */
    public Builder schema(Schema schema) {
      this.schema = Objects.requireNonNull(schema, "schema");
      return this;
    }

    /**
     * Sets the timeout of each statement, as far as the driver supports it; keep it below the
     * resolver's deadline for the store. A connection that receives nothing for twice as long is
     * treated as broken.
     *
     * @param limit 1 second to 1 hour, rounded up to seconds; default {@value
     *     #DEFAULT_QUERY_TIMEOUT_SECONDS} seconds
     * @return this builder
     * @throws IllegalArgumentException if it is shorter or longer
     */
    public Builder queryTimeout(Duration limit) {
      if (limit.compareTo(Duration.ofSeconds(1)) < 0 || limit.compareTo(Duration.ofHours(1)) > 0) {
        throw new IllegalArgumentException(
            "query timeout: expected 1 second to 1 hour, found " + limit);
      }
      this.queryTimeoutSeconds = (int) limit.plusNanos(999_999_999).toSeconds();
      return this;
    }

    /** {@return the store; it opens no connection before its first use} */
    public JdbcPolicyStore build() {
      return new JdbcPolicyStore(this);
    }
  }

  /**
   * Returns the statements that create the table in the dialect of the database, for an
   * administrator to run.
   *
   * @return the statements, each ended by a semicolon
   * @throws PolicyStoreException if the database cannot be reached or is not supported
   */
  public String ddl() {
    List<String> statements =
        executor.run(
            "to identify the database", connection -> table.creation(connection.dialect()));
    return String.join(";\n\n", statements) + ";\n";
  }

  private <T> T run(String goal, SqlExecutor.Work<T> work) {
    return executor.run(
        goal,
        connection -> {
          schemaSetup.ensure(connection);
          return work.on(connection);
        });
  }

  @Override
  public Optional<StoredRow> find(String domain) {
    Objects.requireNonNull(domain, "domain");
    return run("to read a policy", connection -> read(connection, domain))
        .flatMap(TableRow::policy);
  }

  private Optional<TableRow> read(SqlConnection connection, String domain) throws SQLException {
    return connection.queryOne(table.read, TableRow::of, domain);
  }

  @Override
  public boolean save(StoredPolicy policy, Instant now) {
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(now, "now");
    String goal = "to store a policy";
    return run(
        goal,
        connection -> {
          // The loop ends: when a write fails here, a write of another node has succeeded.
          while (true) {
            Optional<TableRow> stored = read(connection, policy.domain());
            if (stored.isPresent() && stored.get().supersedes(policy, now)) {
              return false;
            }
            if (write(connection, stored, policy, now)) {
              connection.makeDurable();
              return true;
            }
            SqlExecutor.refuseIfInterrupted(goal);
          }
        });
  }

  /** Returns {@code false} if the row changed after it was read. */
  private boolean write(
      SqlConnection connection, Optional<TableRow> stored, StoredPolicy policy, Instant now)
      throws SQLException {
    return stored.isEmpty()
        ? connection.insert(table.insert, TableRow.toInsert(policy))
        : connection.update(table.replace, stored.get().toReplace(policy, now)) > 0;
  }

  @Override
  public void used(Map<String, Instant> lastUsed) {
    List<@Nullable Object[]> sets = new ArrayList<>();
    // All nodes update rows in the same order, so that they never deadlock.
    new TreeMap<>(lastUsed)
        .forEach(
            (domain, moment) ->
                sets.add(
                    new @Nullable Object[] {moment.toEpochMilli(), domain, moment.toEpochMilli()}));
    for (int from = 0; from < sets.size(); from += BATCH_SIZE) {
      var batch = sets.subList(from, Math.min(from + BATCH_SIZE, sets.size()));
      run(
          "to record the last use of policies",
          connection -> connection.updateAll(table.use, batch));
    }
  }

  @Override
  public void failed(String domain, StoredFailure failure) {
    Objects.requireNonNull(domain, "domain");
    long at = failure.at().toEpochMilli();
    List<@Nullable Object> values = new ArrayList<>(TableRow.failureValues(Optional.of(failure)));
    values.addAll(List.of(domain, at, at));
    run("to record a failure", connection -> connection.update(table.fail, values.toArray()));
  }

  @Override
  public boolean lease(String domain, String holder, Instant now, Duration term) {
    Objects.requireNonNull(domain, "domain");
    FetchLease wanted = FetchLease.of(holder, now, term);
    String goal = "to take a lease";
    return run(
        goal,
        connection -> {
          while (true) {
            Optional<FetchLease> stored =
                connection.queryOne(table.readLease, FetchLease::of, domain);
            if (stored.isPresent() && stored.get().blocks(wanted, now, term)) {
              return false;
            }
            if (stored.isPresent() && stored.get().equals(wanted)) {
              return true;
            }
            if (write(connection, domain, stored, wanted)) {
              return true;
            }
            SqlExecutor.refuseIfInterrupted(goal);
          }
        });
  }

  private boolean write(
      SqlConnection connection, String domain, Optional<FetchLease> stored, FetchLease wanted)
      throws SQLException {
    return stored.isEmpty()
        ? connection.insert(
            table.insertLease, domain, TableRow.newStamp(), wanted.holder(), wanted.endMillis())
        : connection.update(
                table.replaceLease,
                wanted.holder(),
                wanted.endMillis(),
                domain,
                stored.get().endMillis())
            > 0;
  }

  @Override
  public void release(String domain, String holder) {
    Objects.requireNonNull(domain, "domain");
    Objects.requireNonNull(holder, "holder");
    run(
        "to release a lease",
        connection ->
            connection.update(table.deleteLease, domain, holder)
                + connection.update(table.clearLease, domain, holder));
  }

  @Override
  public List<StoredRow> list(String after, int most) {
    Objects.requireNonNull(after, "after");
    if (most < 1 || most > MOST_ROWS) {
      throw new IllegalArgumentException(
          "page: expected 1 to " + MOST_ROWS + " rows, found " + most);
    }
    return run(
            "to list policies",
            connection -> connection.query(table.list, TableRow::of, after, most))
        .stream()
        .map(TableRow::listed)
        .toList();
  }

  @Override
  public boolean purge(String domain) {
    Objects.requireNonNull(domain, "domain");
    return run("to purge a policy", connection -> connection.update(table.purge, domain)) > 0;
  }

  @Override
  public long purgeExpired(Instant before) {
    long moment = before.toEpochMilli();
    String goal = "to purge expired policies";
    long purged = 0;
    String after = "";
    List<TableRow> page;
    do {
      String last = after;
      page =
          run(
              goal,
              connection ->
                  connection.query(table.expired, TableRow::of, last, moment, BATCH_SIZE));
      List<@Nullable Object[]> sets = new ArrayList<>();
      for (TableRow row : page) {
        // Deleted only if its stamp is unchanged, so not renewed. Unreadable rows stay for the
        // operator.
        if (row.readable().isPresent()) {
          sets.add(new @Nullable Object[] {row.domain(), row.stamp()});
        }
      }
      purged += run(goal, connection -> connection.updateAll(table.purgeExpired, sets));
      after = page.isEmpty() ? "" : page.get(page.size() - 1).domain();
    } while (page.size() == BATCH_SIZE);
    run(goal, connection -> connection.update(table.purgeLeases, moment));
    return purged;
  }

  /** Does nothing: the data source belongs to the application, and no connection is kept. */
  @Override
  public void close() {}
}
