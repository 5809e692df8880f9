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
 * <p>Use it with H2 or SQLite to have one node remember across restarts, and with PostgreSQL,
 * MariaDB or MySQL to have a fleet learn together. The user brings the driver and the {@link
 * DataSource}, best one with a pool; nothing is opened before the first use.
 *
 * <p>What {@link #save} has stored is as durable as the database makes a commit. H2 makes it half a
 * second late unless told otherwise, so the store sets the database's {@code WRITE_DELAY} to 0 and
 * ends each save by a checkpoint, for which it wants the rights of an administrator.
 *
 * <p>Open an H2 file as {@code jdbc:h2:async:FILE;REUSE_SPACE=FALSE}, always; a store that finds it
 * opened otherwise says so in the log, once. The resolver interrupts whoever passes its deadline,
 * and H2's default file system answers an interrupted thread by closing the file under everybody,
 * after which tables have been seen to be missing. And when it writes into freed space of its file,
 * H2 (2.5.252) has been seen to come back from one kill in a hundred without its last dozen
 * commits. The price is a file that grows by some 17 kB a save until it is closed by {@code
 * SHUTDOWN COMPACT}; SQLite has none of this. Open an SQLite file in the journal mode {@code WAL}:
 * without it readers and writers wait for each other.
 *
 * <p>Safe for use by several threads and, as far as the database is, by several processes.
 */
public final class JdbcPolicyStore implements PolicyStore {
  /** The table's name unless told otherwise: {@value}. */
  public static final String DEFAULT_TABLE = "mta_sts_policy";

  /** How long one statement may take unless told otherwise, in seconds: {@value}. */
  public static final int DEFAULT_QUERY_TIMEOUT_SECONDS = 5;

  private static final int MOST_ROWS = 10_000;
  private static final int ROWS_AT_ONCE = 500;

  /** Who makes the table. */
  public enum Schema {
    /** The store makes it on first use, and in later releases changes it to their needs. */
    MANAGED,
    /** A database administrator makes it, by the statements that {@link #ddl} prints. */
    EXISTING
  }

  private final Sessions sessions;
  private final PolicyTable table;
  private final Preparation preparation;

  private JdbcPolicyStore(Builder builder) {
    this.sessions = new Sessions(builder.dataSource, builder.queryTimeoutSeconds);
    this.table = new PolicyTable(builder.table);
    this.preparation = new Preparation(table, builder.schema);
  }

  /**
   * {@return a store with the defaults, which makes its own table}
   *
   * @param dataSource where connections come from; stays open
   */
  public static JdbcPolicyStore of(DataSource dataSource) {
    return builder(dataSource).build();
  }

  /**
   * {@return a builder of a store}
   *
   * @param dataSource where connections come from; stays open
   */
  public static Builder builder(DataSource dataSource) {
    return new Builder(dataSource);
  }

  /** Sets up a store. Not for use by several threads. */
  public static final class Builder {
    private final DataSource dataSource;
    private String table = DEFAULT_TABLE;
    private Schema schema = Schema.MANAGED;
    private int queryTimeoutSeconds = DEFAULT_QUERY_TIMEOUT_SECONDS;

    private Builder(DataSource dataSource) {
      this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
    }

    /**
     * Names the table, for example to keep two fleets apart in one database.
     *
     * @param name at most 63 ASCII letters, digits and underscores, not beginning with a digit; may
     *     have a schema's name and a dot before it. Default {@value #DEFAULT_TABLE}
     * @return this builder
     * @throws IllegalArgumentException if it is no such name
     */
    public Builder table(String name) {
      this.table = new PolicyTable(name).name;
      return this;
    }

    /**
     * Says who makes the table.
     *
     * @param schema default {@link Schema#MANAGED}
     * @return this builder
     */
    public Builder schema(Schema schema) {
      this.schema = Objects.requireNonNull(schema, "schema");
      return this;
    }

    /**
     * Limits how long each statement may take, as far as the driver can; keep it below the
     * resolver's deadline for the store. A connection over which nothing comes for twice as long is
     * taken for lost.
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

    /** {@return the store; nothing is opened yet} */
    public JdbcPolicyStore build() {
      return new JdbcPolicyStore(this);
    }
  }

  /**
   * Prints the statements that make the table in the dialect of the database, for an administrator
   * to run.
   *
   * @return statements, each ended by a semicolon
   * @throws PolicyStoreException if the database cannot be asked what it is
   */
  public String ddl() {
    List<String> statements =
        sessions.run("to learn what the database is", session -> table.creation(session.dialect()));
    return String.join(";\n\n", statements) + ";\n";
  }

  private <T> T run(String goal, Sessions.Work<T> work) {
    return sessions.run(
        goal,
        session -> {
          preparation.ensure(session);
          return work.on(session);
        });
  }

  @Override
  public Optional<StoredRow> find(String domain) {
    Objects.requireNonNull(domain, "domain");
    return run("to read a policy", session -> read(session, domain)).flatMap(TableRow::policy);
  }

  private Optional<TableRow> read(Session session, String domain) throws SQLException {
    return session.queryOne(table.read, TableRow::of, domain);
  }

  @Override
  public boolean save(StoredPolicy policy, Instant now) {
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(now, "now");
    String goal = "to store a policy";
    return run(
        goal,
        session -> {
          // Each round lost is a round that somebody else won: it ends.
          while (true) {
            Optional<TableRow> there = read(session, policy.domain());
            if (there.isPresent() && there.get().supersedes(policy, now)) {
              return false;
            }
            if (write(session, there, policy, now)) {
              session.makeDurable();
              return true;
            }
            Sessions.refuseIfInterrupted(goal);
          }
        });
  }

  /** Returns {@code false} if somebody else wrote in between. */
  private boolean write(Session session, Optional<TableRow> there, StoredPolicy policy, Instant now)
      throws SQLException {
    return there.isEmpty()
        ? session.insert(table.insert, TableRow.toInsert(policy))
        : session.update(table.replace, there.get().toReplaceBy(policy, now)) > 0;
  }

  @Override
  public void used(Map<String, Instant> lastUsed) {
    List<@Nullable Object[]> sets = new ArrayList<>();
    // In the same order everywhere, so that two nodes never wait for each other.
    new TreeMap<>(lastUsed)
        .forEach(
            (domain, moment) ->
                sets.add(
                    new @Nullable Object[] {moment.toEpochMilli(), domain, moment.toEpochMilli()}));
    for (int from = 0; from < sets.size(); from += ROWS_AT_ONCE) {
      var some = sets.subList(from, Math.min(from + ROWS_AT_ONCE, sets.size()));
      run("to note the use of policies", session -> session.updateAll(table.use, some));
    }
  }

  @Override
  public void failed(String domain, StoredFailure failure) {
    Objects.requireNonNull(domain, "domain");
    long at = failure.at().toEpochMilli();
    List<@Nullable Object> values = new ArrayList<>(TableRow.failure(Optional.of(failure)));
    values.addAll(List.of(domain, at, at));
    run("to note a failure", session -> session.update(table.fail, values.toArray()));
  }

  @Override
  public boolean lease(String domain, String holder, Instant now, Duration term) {
    Objects.requireNonNull(domain, "domain");
    Lease wanted = Lease.of(holder, now, term);
    String goal = "to take a lease";
    return run(
        goal,
        session -> {
          while (true) {
            Optional<Lease> there = session.queryOne(table.readLease, Lease::of, domain);
            if (there.isPresent() && there.get().keepsOut(wanted, now, term)) {
              return false;
            }
            if (there.isPresent() && there.get().equals(wanted)) {
              return true;
            }
            if (write(session, domain, there, wanted)) {
              return true;
            }
            Sessions.refuseIfInterrupted(goal);
          }
        });
  }

  private boolean write(Session session, String domain, Optional<Lease> there, Lease wanted)
      throws SQLException {
    return there.isEmpty()
        ? session.insert(
            table.insertLease, domain, TableRow.newStamp(), wanted.holder(), wanted.until())
        : session.update(
                table.replaceLease, wanted.holder(), wanted.until(), domain, there.get().until())
            > 0;
  }

  @Override
  public void release(String domain, String holder) {
    Objects.requireNonNull(domain, "domain");
    Objects.requireNonNull(holder, "holder");
    run(
        "to give a lease back",
        session ->
            session.update(table.dropLease, domain, holder)
                + session.update(table.freeLease, domain, holder));
  }

  @Override
  public List<StoredRow> list(String after, int most) {
    Objects.requireNonNull(after, "after");
    if (most < 1 || most > MOST_ROWS) {
      throw new IllegalArgumentException(
          "page: expected 1 to " + MOST_ROWS + " rows, found " + most);
    }
    return run("to list policies", session -> session.query(table.list, TableRow::of, after, most))
        .stream()
        .map(TableRow::listed)
        .toList();
  }

  @Override
  public boolean purge(String domain) {
    Objects.requireNonNull(domain, "domain");
    return run("to purge a policy", session -> session.update(table.purge, domain)) > 0;
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
              session -> session.query(table.expired, TableRow::of, last, moment, ROWS_AT_ONCE));
      List<@Nullable Object[]> sets = new ArrayList<>();
      for (TableRow row : page) {
        // On condition that nobody renewed it since; what cannot be read stays for the operator.
        if (row.readable().isPresent()) {
          sets.add(new @Nullable Object[] {row.domain(), row.stamp()});
        }
      }
      purged += run(goal, session -> session.updateAll(table.purgeExpired, sets));
      after = page.isEmpty() ? "" : page.get(page.size() - 1).domain();
    } while (page.size() == ROWS_AT_ONCE);
    run(goal, session -> session.update(table.purgeLeases, moment));
    return purged;
  }

  /** Does nothing: the data source is its owner's, and no connection is kept. */
  @Override
  public void close() {}
}
