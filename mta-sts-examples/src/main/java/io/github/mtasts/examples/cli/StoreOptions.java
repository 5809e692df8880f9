// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.PolicyResolverBuilder;
import io.github.mtasts.store.jdbc.JdbcPolicyStore;
import java.nio.file.Files;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The store options of a command. Close it after the resolver. */
final class StoreOptions implements AutoCloseable {
  /** Longer than in a sender: an operator prefers waiting to trying again. */
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private static final String DRIVERS =
      "; expected sqlite, postgresql or mariadb. Add another driver with java -cp"
          + " mta-sts.jar:DRIVER.jar "
          + Main.class.getName();

  @Option(
      names = "--store",
      paramLabel = "PATH",
      converter = StoreUrl.Converter.class,
      description =
          "Store policies in this SQLite file, created if missing, or in the database of a JDBC"
              + " URL: PostgreSQL, MariaDB or SQLite.")
  private Optional<StoreUrl> url = Optional.empty();

  private Optional<DatabaseConnections> connections = Optional.empty();
  private Optional<StoreWarnings> warnings = Optional.empty();

  /** Adds the store, if one is named; opens no connection yet. */
  PolicyResolverBuilder addTo(PolicyResolverBuilder builder, Terminal terminal)
      throws CommandException {
    if (url.isEmpty()) {
      return builder;
    }
    StoreWarnings listener = new StoreWarnings(url.get(), terminal);
    warnings = Optional.of(listener);
    return withStore(builder, url.get())
        .storeDeadline(DEADLINE)
        // A command refreshes only what it is asked for; senders refresh the rest.
        .refreshUsedWithin(Duration.ZERO)
        .listener(listener);
  }

  private PolicyResolverBuilder withStore(PolicyResolverBuilder builder, StoreUrl store)
      throws CommandException {
    if (store.file().isPresent()) {
      try {
        return builder.storeFile(store.file().get());
      } catch (IllegalArgumentException e) {
        throw CommandException.usage("--store: " + e.getMessage());
      }
    }
    requireDriver(store);
    DatabaseConnections database = new DatabaseConnections(store.jdbcUrl());
    connections = Optional.of(database);
    return builder.store(JdbcPolicyStore.of(database));
  }

  /** Requires a store. */
  void require() throws CommandException {
    if (url.isEmpty()) {
      throw CommandException.usage("expected --store PATH, found none");
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

  @Override
  public void close() {
    connections.ifPresent(DatabaseConnections::close);
  }
}
