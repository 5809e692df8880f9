// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.PolicyStoreException;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import java.nio.file.Path;
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
 * <p>Use it with SQLite so that one node keeps its policies across restarts, and with PostgreSQL or
 * MariaDB so that a fleet shares them. The application supplies the driver and the {@link
 * DataSource}, preferably a pooled one; no connection is opened before the first use.
 *
 * <p>{@link #save} is as durable as a commit of the database. Open an SQLite file in the journal
 * mode {@code WAL}: otherwise readers and writers wait for each other.
 *
 * <p>Safe for use by several threads and, if the database is, by several processes.
 */
public final class JdbcPolicyStore implements PolicyStore {
  /** The default name of the table: {@value}. */
  public static final String DEFAULT_TABLE = "mta_sts_policy";

  /** The default timeout of one statement, in seconds: {@value}. */
  public static final int DEFAULT_QUERY_TIMEOUT_SECONDS = 5;

  private static final int MOST_ROWS = 10_000;
  private static final int MOST_ATTEMPTS = 100;

  /** How the table comes into being. */
  public enum Schema {
    /** The store creates it on first use, and later releases migrate it. */
    MANAGED,
    /** A database administrator creates it with the statements of {@link #ddl}. */
    EXISTING
  }

  private final SqlRunner reads;
  private final SqlRunner writes;
  private final String place;
  private final PolicyTable table;
  private final SchemaSetup schemaSetup;
  private final Runnable onClose;

  private JdbcPolicyStore(Builder builder) {
    this.reads = new SqlExecutor(builder.dataSource::getConnection, builder.queryTimeoutSeconds);
    this.writes = reads;
    this.place = "";
    this.table = new PolicyTable(builder.table);
    this.schemaSetup = new SchemaSetup(table, builder.schema, place);
    this.onClose = () -> {};
  }

  private JdbcPolicyStore(SqliteFile file) {
    SqlExecutor executor = new SqlExecutor(file, DEFAULT_QUERY_TIMEOUT_SECONDS);
    GroupCommit commits = new GroupCommit(executor);
    this.reads = executor;
    this.writes = commits;
    this.place = " in " + file.path();
    this.table = new PolicyTable(DEFAULT_TABLE);
    this.schemaSetup = new SchemaSetup(table, Schema.MANAGED, place);
    this.onClose = commits::close;
  }

  /**
   * Returns a store in an SQLite file, which the store creates on first use and opens so that a
   * stored policy survives a crash. Close it when it is no longer used.
   *
   * @param file in an existing directory; for one machine, not for a network file system
   * @return the store; needs an SQLite driver at run time
   * @throws IllegalArgumentException if the directory does not exist, or the path is a directory
   * @throws IllegalStateException if the driver is missing; the message names the dependency to add
   */
  public static JdbcPolicyStore file(Path file) {
    return new JdbcPolicyStore(new SqliteFile(file));
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
        reads.run("to identify the database", connection -> table.creation(connection.dialect()));
    return String.join(";\n\n", statements) + ";\n";
  }

  private <T> T read(String goal, SqlRunner.Work<T> work) {
    return run(reads, goal, work);
  }

  private <T> T write(String goal, SqlRunner.Work<T> work) {
    return run(writes, goal, work);
  }

  private <T> T run(SqlRunner runner, String goal, SqlRunner.Work<T> work) {
    return runner.run(
        goal + place,
        connection -> {
          schemaSetup.ensure(connection);
          try {
            return work.on(connection);
          } catch (SQLException e) {
            if (!schemaSetup.createAgain(connection, e)) {
              throw e;
            }
            return work.on(connection);
          }
        });
  }

  @Override
  public Optional<StoredRow> find(String domain) {
    Objects.requireNonNull(domain, "domain");
    return read("to read a policy", connection -> row(connection, domain)).map(TableRow::policy);
  }

  private Optional<TableRow> row(SqlConnection connection, String domain) throws SQLException {
    return connection.queryOne(table.read, TableRow::of, domain);
  }

  @Override
  public boolean save(StoredPolicy policy, Instant now) {
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(now, "now");
    String goal = "to store a policy";
    return write(
        goal,
        connection -> {
          // When a write fails here, a write of another node has usually succeeded.
          for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            Optional<TableRow> stored = row(connection, policy.domain());
            Optional<StoredPolicy> row = policy.replacing(stored.map(TableRow::policy), now);
            if (row.isEmpty() || write(connection, stored, row.get(), now)) {
              return row.isPresent();
            }
            SqlExecutor.refuseIfInterrupted(goal);
          }
          throw SqlErrors.toRowRefused(
              goal + place,
              new SQLException("the row is neither there nor can be inserted; a unique index?"));
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
    write(
        "to record the last use of policies", connection -> connection.updateAll(table.use, sets));
  }

  @Override
  public void failed(String domain, StoredFailure failure) {
    Objects.requireNonNull(domain, "domain");
    long at = failure.at().toEpochMilli();
    List<@Nullable Object> values = new ArrayList<>(TableRow.failureValues(Optional.of(failure)));
    values.addAll(List.of(domain, at, at));
    write("to record a failure", connection -> connection.update(table.fail, values.toArray()));
  }

  @Override
  public Optional<Instant> newestFetch() {
    return read("to read the newest fetch time", this::newest).map(Instant::ofEpochMilli);
  }

  private Optional<Long> newest(SqlConnection connection) throws SQLException {
    return connection.query(table.newest, TableRow::nullableLong).get(0);
  }

  @Override
  public List<StoredRow> list(String after, int most) {
    Objects.requireNonNull(after, "after");
    if (most < 1 || most > MOST_ROWS) {
      throw new IllegalArgumentException(
          "page: expected 1 to " + MOST_ROWS + " rows, found " + most);
    }
    return read(
            "to list policies",
            connection -> connection.query(table.list, TableRow::of, after, most))
        .stream()
        .map(TableRow::policy)
        .toList();
  }

  @Override
  public boolean purge(String domain) {
    Objects.requireNonNull(domain, "domain");
    return write("to purge a policy", connection -> connection.update(table.purge, domain)) > 0;
  }

  @Override
  public long purgeExpired(Instant before) {
    long moment = before.toEpochMilli();
    return write(
        "to purge expired policies", connection -> connection.update(table.purgeExpired, moment));
  }

  /**
   * Ends the thread that writes to the file of {@link #file}, after what waits is written. A data
   * source belongs to the application and stays open.
   */
  @Override
  public void close() {
    onClose.run();
  }
}
