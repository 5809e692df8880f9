// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.PolicyResolverBuilder;
import io.github.mtasts.store.jdbc.JdbcPolicyStore;
import java.nio.file.Files;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/** The store options of a command. Close it after the resolver. */
final class StoreOptions implements AutoCloseable {
  /** Longer than in a sender: an operator prefers waiting to trying again. */
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  /** For short tasks that never block, and for error output. */
  private static final int THREADS = 2;

  private static final String DRIVERS =
      "; expected h2, sqlite, postgresql or mariadb. Add another driver with java -cp"
          + " mta-sts.jar:DRIVER.jar "
          + Main.class.getName();

  @Option(
      names = "--store",
      paramLabel = "JDBC-URL",
      converter = StoreUrl.Converter.class,
      description =
          "Store policies in this database: H2, SQLite, PostgreSQL or MariaDB. A value without"
              + " jdbc: at its start is the path of an H2 file, created if missing.")
  private Optional<StoreUrl> url = Optional.empty();

  private Optional<DatabaseConnections> connections = Optional.empty();
  private Optional<ExecutorService> executor = Optional.empty();
  private Optional<StoreWarnings> warnings = Optional.empty();

  /** Adds the store, if one is named; opens no connection yet. */
  PolicyResolverBuilder addTo(PolicyResolverBuilder builder, Terminal terminal)
      throws CommandException {
    if (url.isEmpty()) {
      return builder;
    }
    requireDriver(url.get());
    DatabaseConnections database = new DatabaseConnections(url.get().jdbcUrl());
    StoreWarnings listener = new StoreWarnings(url.get(), terminal);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS, StoreOptions::daemon);
    connections = Optional.of(database);
    executor = Optional.of(threads);
    warnings = Optional.of(listener);
    return builder
        .executor(threads)
        .store(JdbcPolicyStore.of(database))
        .storeDeadline(DEADLINE)
        // A command refreshes only what it is asked for; senders refresh the rest.
        .refreshUsedWithin(Duration.ZERO)
        .listener(listener);
  }

  /** Requires a store. */
  void require() throws CommandException {
    if (url.isEmpty()) {
      throw CommandException.usage("expected --store JDBC-URL, found none");
    }
  }

  /** Requires an existing store: a command that only reads must not create a file. */
  void requireFile() throws CommandException {
    require();
    Optional<StoreUrl> missing =
        url.filter(
            store -> store.createdOnOpening().filter(file -> !Files.exists(file)).isPresent());
    if (missing.isPresent()) {
      throw CommandException.usage("--store " + missing.get().redacted() + ": no such file");
    }
  }

  /** Returns whether the store has failed; the failure was reported. */
  boolean hasFailed() {
    return warnings.filter(StoreWarnings::hasFailed).isPresent();
  }

  private static void requireDriver(StoreUrl url) throws CommandException {
    try {
      DriverManager.getDriver(url.jdbcUrl());
    } catch (SQLException noDriver) {
      throw CommandException.usage(
          "--store " + url.redacted() + ": no driver accepts this URL" + DRIVERS);
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "mta-sts-step");
    thread.setDaemon(true);
    return thread;
  }

  /** Waits until all failures have been reported. */
  @Override
  public void close() {
    executor.ifPresent(StoreOptions::finish);
    connections.ifPresent(DatabaseConnections::close);
  }

  private static void finish(ExecutorService executor) {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
