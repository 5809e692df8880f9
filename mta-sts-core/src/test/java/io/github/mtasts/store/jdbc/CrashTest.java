// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Kills a process that stores policies at random moments, repeatedly with the same file.
 *
 * <p>Ten times by default, a hundred times with {@code mvn -P crash}.
 */
final class CrashTest {
  static final int CRASHES = Integer.getInteger("mtasts.crashes", 10);

  private static final int LONGEST_RUN_SECONDS = 60;

  private final Random random = new Random();
  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);

  @ParameterizedTest
  @ValueSource(strings = {"file", "data-source"})
  void keepsEveryConfirmedSaveWhenTheProcessIsKilled(String kind, @TempDir Path directory)
      throws Exception {
    String path = directory.resolve("policies").toString();
    ConfirmedSaves confirmed = new ConfirmedSaves();
    try {
      for (int crash = 0; crash < CRASHES; crash++) {
        runAndKillChild(kind, path, confirmed);
        try (JdbcPolicyStore store = WriteLoad.open(kind, path)) {
          confirmed.verify(store);
        }
      }
    } finally {
      scheduler.shutdownNow();
    }
    assertThat(confirmed.count()).isGreaterThanOrEqualTo(CRASHES);
    System.out.printf(
        "sqlite, %s: %d kills, %d confirmed saves, none lost, none torn%n",
        kind, CRASHES, confirmed.count());
  }

  private void runAndKillChild(String kind, String path, ConfirmedSaves confirmed)
      throws Exception {
    Process child = start(kind, path);
    Future<?> deadline =
        scheduler.schedule(
            child.toHandle()::destroyForcibly, LONGEST_RUN_SECONDS, TimeUnit.SECONDS);
    try (BufferedReader lines = child.inputReader(StandardCharsets.US_ASCII)) {
      int linesBeforeKill = random.nextInt(60);
      int read = 0;
      String line;
      while ((line = lines.readLine()) != null) {
        if (read++ == linesBeforeKill) {
          int micros = random.nextInt(10_000);
          // Kills through the handle: Process.destroyForcibly would close the unread output.
          var unused =
              scheduler.schedule(child.toHandle()::destroyForcibly, micros, TimeUnit.MICROSECONDS);
        }
        addLine(line, confirmed);
      }
      assertThat(read).as("lines before the kill").isGreaterThan(linesBeforeKill);
    } finally {
      deadline.cancel(false);
      child.destroyForcibly();
    }
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).as("ended by SIGKILL").isEqualTo(128 + 9);
  }

  /** Ignores the last line if the kill cut it short. */
  private static void addLine(String line, ConfirmedSaves confirmed) {
    String[] words = line.split(" ", -1);
    if (words.length == 2 && words[1].length() == 13) {
      confirmed.add(words[0], Instant.ofEpochMilli(Long.parseLong(words[1])));
    }
  }

  private static Process start(String kind, String path) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            WriteLoad.class.getName(),
            kind,
            path)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
