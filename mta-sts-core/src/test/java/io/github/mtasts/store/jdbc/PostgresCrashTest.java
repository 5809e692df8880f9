// SPDX-License-Identifier: Apache-2.0
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
 * Kills the server with all its processes while threads store policies.
 *
 * <p>Three times by default, twenty times with {@code mvn -P crash}.
 */
final class PostgresCrashTest {
  private static final int CRASHES = Math.max(3, CrashTest.CRASHES / 5);
  private static final int THREADS = 4;

  private final Random random = new Random();

  @Test
  void keepsEveryConfirmedSaveWhenTheServerIsKilled(@TempDir Path directory) throws Exception {
    Path data = directory.resolve("data");
    ConfirmedSaves confirmed = new ConfirmedSaves();
    for (int crash = 0; crash < CRASHES; crash++) {
      try (EmbeddedPostgres server = start(data)) {
        PolicyStore store = JdbcPolicyStore.of(server.getPostgresDatabase());
        confirmed.verify(store);
        killUnderLoad(data, store, confirmed);
      }
    }
    try (EmbeddedPostgres server = start(data)) {
      confirmed.verify(JdbcPolicyStore.of(server.getPostgresDatabase()));
    }
    System.out.printf(
        "postgresql: %d kills, %d confirmed saves, none lost, none torn%n",
        CRASHES, confirmed.count());
  }

  /** With the defaults of PostgreSQL; the embedded server turns durability off for speed. */
  private static EmbeddedPostgres start(Path data) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("fsync", "on")
        .setPGStartupWait(PostgresServer.START_TIMEOUT)
        .start();
  }

  private void killUnderLoad(Path data, PolicyStore store, ConfirmedSaves confirmed)
      throws Exception {
    CountDownLatch saves = new CountDownLatch(THREADS + random.nextInt(200));
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Boolean>> running = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        running.add(threads.submit(() -> storeUntilTheServerIsKilled(store, confirmed, saves)));
      }
      assertThat(saves.await(2, TimeUnit.MINUTES)).isTrue();
      kill(data);
      for (Future<Boolean> each : running) {
        assertThat(each.get(2, TimeUnit.MINUTES)).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static boolean storeUntilTheServerIsKilled(
      PolicyStore store, ConfirmedSaves confirmed, CountDownLatch saves) {
    try {
      WriteLoad.run(
          store,
          policy -> {
            confirmed.add(policy.domain(), policy.fetchedAt());
            saves.countDown();
          });
      return false;
    } catch (PolicyStoreException serverKilled) {
      return true;
    }
  }

  private static void kill(Path data) throws Exception {
    String pid = Files.readAllLines(data.resolve("postmaster.pid")).get(0);
    // Stopped first: a process started after the list is made would survive, and wait for ever for
    // a lock of a killed process.
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
