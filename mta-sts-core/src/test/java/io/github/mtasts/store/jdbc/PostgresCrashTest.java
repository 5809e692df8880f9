package io.github.mtasts.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.PolicyStoreException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server is killed, with all its processes, while threads store policies.
 *
 * <p>Three times by default; {@code mvn -P crash} has it done twenty times.
 */
final class PostgresCrashTest {
  private static final int CRASHES = Math.max(3, CrashTest.CRASHES / 5);
  private static final int THREADS = 4;

  private final Random random = new Random();

  @Test
  void everyPolicyReportedAsStoredSurvivesTheKillOfTheServer(@TempDir Path directory)
      throws Exception {
    Path data = directory.resolve("data");
    Ledger ledger = new Ledger();
    for (int crash = 0; crash < CRASHES; crash++) {
      try (EmbeddedPostgres server = start(data)) {
        PolicyStore store = JdbcPolicyStore.of(server.getPostgresDatabase());
        ledger.verify(store);
        killUnderLoad(data, store, ledger);
      }
    }
    try (EmbeddedPostgres server = start(data)) {
      ledger.verify(JdbcPolicyStore.of(server.getPostgresDatabase()));
    }
    System.out.printf(
        "postgresql: %d kills, %d policies reported as stored, none lost, none torn%n",
        CRASHES, ledger.reports());
  }

  /** As PostgreSQL is by default; the embedded one would rather be quick than keep its word. */
  private static EmbeddedPostgres start(Path data) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("fsync", "on")
        .setPGStartupWait(PostgresServer.START)
        .start();
  }

  private void killUnderLoad(Path data, PolicyStore store, Ledger ledger) throws Exception {
    CountDownLatch enough = new CountDownLatch(THREADS + random.nextInt(200));
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Boolean>> running = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        running.add(threads.submit(() -> storeUntilTheServerIsGone(store, ledger, enough)));
      }
      assertThat(enough.await(2, TimeUnit.MINUTES)).isTrue();
      kill(data);
      for (Future<Boolean> each : running) {
        assertThat(each.get(2, TimeUnit.MINUTES)).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static boolean storeUntilTheServerIsGone(
      PolicyStore store, Ledger ledger, CountDownLatch enough) {
    try {
      StoringLoad.run(
          store,
          policy -> {
            ledger.report(policy.domain(), policy.fetchedAt());
            enough.countDown();
          });
      return false;
    } catch (PolicyStoreException gone) {
      return true;
    }
  }

  private static void kill(Path data) throws Exception {
    String pid = Files.readAllLines(data.resolve("postmaster.pid")).get(0);
    // Halted first: a process that it started after we counted them would outlive the others, and
    // wait for ever for a lock that one of the dead holds.
    assertThat(new ProcessBuilder("kill", "-STOP", pid).start().waitFor()).isZero();
    ProcessHandle postmaster = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    List<ProcessHandle> all =
        Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle each : all) {
      each.onExit().get(30, TimeUnit.SECONDS);
    }
  }
}
