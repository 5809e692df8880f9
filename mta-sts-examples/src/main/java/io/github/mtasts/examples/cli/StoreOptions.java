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

/** Where policies are kept; to be closed after the resolver. */
final class StoreOptions implements AutoCloseable {
  /** An operator would rather wait than be told to try again. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** For what is short and never blocks, and for complaints. */
  private static final int THREADS = 2;

  private static final String DRIVERS =
      "; expected h2, sqlite, postgresql or mariadb. Another driver is added by java -cp"
          + " mta-sts.jar:DRIVER.jar "
          + Main.class.getName();

  @Option(
      names = "--store",
      paramLabel = "JDBC-URL",
      converter = StoreLocation.Converter.class,
      description =
          "Keep policies in this database: H2, SQLite, PostgreSQL or MariaDB. What does not begin"
              + " with jdbc: is the path of an H2 file, made if need be.")
  private Optional<StoreLocation> location = Optional.empty();

  private Optional<DatabaseConnections> connections = Optional.empty();
  private Optional<ExecutorService> steps = Optional.empty();
  private Optional<StoreAlarm> alarm = Optional.empty();

  /** Opens nothing yet, and adds nothing where no store is named. */
  PolicyResolverBuilder addTo(PolicyResolverBuilder builder, Terminal terminal) throws Complaint {
    if (location.isEmpty()) {
      return builder;
    }
    requireDriver(location.get());
    DatabaseConnections database = new DatabaseConnections(location.get().url());
    StoreAlarm listener = new StoreAlarm(location.get(), terminal);
    ExecutorService executor = Executors.newFixedThreadPool(THREADS, StoreOptions::daemon);
    connections = Optional.of(database);
    steps = Optional.of(executor);
    alarm = Optional.of(listener);
    return builder
        .executor(executor)
        .store(JdbcPolicyStore.of(database))
        .storeDeadline(PATIENCE)
        // A command does what it was told to, and leaves the rest to those who send mail.
        .refreshUsedWithin(Duration.ZERO)
        .listener(listener);
  }

  /** Complains where no store is named. */
  void require() throws Complaint {
    if (location.isEmpty()) {
      throw Complaint.usage("expected --store JDBC-URL, found none");
    }
  }

  /** Complains where a file is named that is not there: to look at it must not make it. */
  void requireFile() throws Complaint {
    require();
    Optional<StoreLocation> missing =
        location.filter(
            place -> place.madeOnOpening().filter(file -> !Files.exists(file)).isPresent());
    if (missing.isPresent()) {
      throw Complaint.usage("--store " + missing.get().shown() + ": no such file");
    }
  }

  /** Whether the store has failed, and that was told. */
  boolean hasFailed() {
    return alarm.filter(StoreAlarm::isRaised).isPresent();
  }

  private static void requireDriver(StoreLocation location) throws Complaint {
    try {
      DriverManager.getDriver(location.url());
    } catch (SQLException none) {
      throw Complaint.usage("--store " + location.shown() + ": no driver takes this URL" + DRIVERS);
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "mta-sts-step");
    thread.setDaemon(true);
    return thread;
  }

  /** Waits until all trouble has been told. */
  @Override
  public void close() {
    steps.ifPresent(StoreOptions::finish);
    connections.ifPresent(DatabaseConnections::close);
  }

  private static void finish(ExecutorService steps) {
    steps.shutdown();
    try {
      if (!steps.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        steps.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
