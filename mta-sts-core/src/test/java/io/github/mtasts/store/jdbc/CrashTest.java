package io.github.mtasts.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process that stores policies is killed at random moments, again and again on the same file.
 *
 * <p>Ten times by default; {@code mvn -P crash} has it done a hundred times.
 */
final class CrashTest {
  static final int CRASHES = Integer.getInteger("mtasts.crashes", 10);

  private final Random random = new Random();
  private final ScheduledExecutorService executioner = Executors.newScheduledThreadPool(1);

  @ParameterizedTest
  @ValueSource(strings = {"h2", "sqlite"})
  void everyPolicyReportedAsStoredSurvivesTheKill(String database, @TempDir Path directory)
      throws Exception {
    String path = directory.resolve("policies").toString();
    Ledger ledger = new Ledger();
    try {
      for (int crash = 0; crash < CRASHES; crash++) {
        killedChild(database, path, ledger);
        DataSource dataSource = StoringLoad.file(database, path);
        try (var keptOpen = dataSource.getConnection()) {
          assertThat(keptOpen.isValid(5)).isTrue();
          ledger.verify(JdbcPolicyStore.of(dataSource));
        }
      }
    } finally {
      executioner.shutdownNow();
    }
    assertThat(ledger.reports()).isGreaterThanOrEqualTo(CRASHES);
    System.out.printf(
        "%s: %d kills, %d policies reported as stored, none lost, none torn%n",
        database, CRASHES, ledger.reports());
  }

  private void killedChild(String database, String path, Ledger ledger) throws Exception {
    Process child = start(database, path);
    try (BufferedReader lines = child.inputReader(StandardCharsets.US_ASCII)) {
      int lastOne = random.nextInt(60);
      int read = 0;
      String line;
      while ((line = lines.readLine()) != null) {
        if (read++ == lastOne) {
          int micros = random.nextInt(10_000);
          // By its handle: Process.destroyForcibly would close what is still to be read.
          var unused =
              executioner.schedule(
                  child.toHandle()::destroyForcibly, micros, TimeUnit.MICROSECONDS);
        }
        note(line, ledger);
      }
      assertThat(read).as("the child lived until it was killed").isGreaterThan(lastOne);
    } finally {
      child.destroyForcibly();
    }
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).as("ended by SIGKILL").isEqualTo(128 + 9);
  }

  /** The last line may be cut short by the kill. */
  private static void note(String line, Ledger ledger) {
    String[] words = line.split(" ", -1);
    if (words.length == 2 && words[1].length() == 13) {
      ledger.report(words[0], Instant.ofEpochMilli(Long.parseLong(words[1])));
    }
  }

  private static Process start(String database, String path) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            StoringLoad.class.getName(),
            database,
            path)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
