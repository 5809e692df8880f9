// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.PolicyStoreException;
import io.github.mtasts.store.RowRefusedException;
import io.github.mtasts.testing.PolicyStoreContract;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The contract with {@link JdbcPolicyStore#file}, and what can happen to the file. */
final class FilePolicyStoreTest extends PolicyStoreContract {
  private static final String DOMAIN = "example.com";

  private final Path directory;
  private final Path file;

  FilePolicyStoreTest(@TempDir Path directory) {
    this.directory = directory;
    this.file = directory.resolve("policies.db");
  }

  @Override
  protected PolicyStore open() {
    return JdbcPolicyStore.file(file);
  }

  @Override
  protected void corrupt(String domain) {
    execute(
        file, "UPDATE mta_sts_policy SET policy_mode = 'enforced' WHERE domain = '" + domain + "'");
  }

  private static void execute(Path file, String sql) {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 10000");
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  @Test
  void opensNoFileBeforeTheFirstUse() {
    store();

    assertThat(directory).isEmptyDirectory();
  }

  /** Twenty each: with fewer, writers that wait for SQLite's lock would often be fast enough. */
  @Test
  @Timeout(120)
  void eachOfManyConcurrentFirstSavesIsDoneInTwoSeconds() throws Exception {
    try (JdbcPolicyStore other = JdbcPolicyStore.file(directory.resolve("other.db"))) {
      other.save(policy(DOMAIN, now), now); // loads the driver
    }
    PolicyStore store = store();
    int writers = 64;
    int savesEach = 20;
    CyclicBarrier start = new CyclicBarrier(writers);
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    try {
      List<Future<Duration>> slowest = new ArrayList<>();
      for (int writer = 0; writer < writers; writer++) {
        String suffix = "-" + writer + ".example";
        slowest.add(
            threads.submit(
                () -> {
                  start.await(60, TimeUnit.SECONDS);
                  return slowestOf(store, savesEach, suffix);
                }));
      }
      for (Future<Duration> each : slowest) {
        assertThat(each.get()).isLessThan(Duration.ofSeconds(2));
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(store.list("", 10_000)).hasSize(writers * savesEach);
  }

  private Duration slowestOf(PolicyStore store, int saves, String suffix) {
    long slowest = 0;
    for (int i = 0; i < saves; i++) {
      long begin = System.nanoTime();
      assertThat(store.save(policy("d" + i + suffix, now), now)).isTrue();
      slowest = Math.max(slowest, System.nanoTime() - begin);
    }
    return Duration.ofNanos(slowest);
  }

  @Test
  @Timeout(120)
  void concurrentFirstUsesByReadersAndWritersLoseNothing() throws Exception {
    int nodes = 4;
    ExecutorService threads = Executors.newFixedThreadPool(2 * nodes);
    try {
      for (int round = 0; round < 20; round++) {
        Path fresh = directory.resolve(round + ".db");
        CyclicBarrier start = new CyclicBarrier(2 * nodes);
        List<Future<?>> running = new ArrayList<>();
        for (int node = 0; node < nodes; node++) {
          String domain = "n" + node + ".example";
          JdbcPolicyStore store = JdbcPolicyStore.file(fresh);
          running.add(
              threads.submit(
                  () -> {
                    start.await(60, TimeUnit.SECONDS);
                    return store.find(domain);
                  }));
          running.add(
              threads.submit(
                  () -> {
                    start.await(60, TimeUnit.SECONDS);
                    try (store) {
                      return store.save(policy(domain, now), now);
                    }
                  }));
        }
        for (Future<?> each : running) {
          each.get();
        }
        try (JdbcPolicyStore store = JdbcPolicyStore.file(fresh)) {
          assertThat(store.list("", 100)).as("stored in %s", fresh).hasSize(nodes);
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aDeletedFileIsCreatedAgain() throws IOException {
    PolicyStore store = store();
    store.save(policy(DOMAIN, now), now);

    Files.delete(file);

    assertThat(store.find(DOMAIN)).isEmpty();
    assertThat(store.save(policy(DOMAIN, now), now)).isTrue();
    assertThat(store.find(DOMAIN)).contains(policy(DOMAIN, now));
    assertThat(store().find(DOMAIN)).contains(policy(DOMAIN, now));
  }

  @Test
  void aFileThatIsDeletedBetweenTwoSavesIsCreatedAgain() throws IOException {
    PolicyStore store = store();
    store.save(policy(DOMAIN, now), now);

    Files.delete(file);

    assertThat(store.save(policy("b.example", now), now)).isTrue();
    assertThat(store.list("", 10)).containsExactly(policy("b.example", now));
  }

  @Test
  void aFileThatReplacesTheOldOneIsUsedFromTheNextCallOn() throws IOException {
    Path other = directory.resolve("other.db");
    try (JdbcPolicyStore writer = JdbcPolicyStore.file(other)) {
      writer.save(policy("other.example", now), now);
    }
    PolicyStore store = store();
    store.save(policy(DOMAIN, now), now);

    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);

    assertThat(store.list("", 10)).containsExactly(policy("other.example", now));
    assertThat(store.save(policy(DOMAIN, now), now)).isTrue();
    assertThat(store().list("", 10))
        .containsExactly(policy(DOMAIN, now), policy("other.example", now));
  }

  @Test
  void aFileThatIsNoDatabaseIsReportedByItsName() throws IOException {
    Files.writeString(file, "no database at all");
    PolicyStore store = store();

    assertThatExceptionOfType(PolicyStoreException.class)
        .isThrownBy(() -> store.find(DOMAIN))
        .withMessageStartingWith("policy store: expected to read a policy in " + file + ", found ")
        .withMessageContaining("; check that it is an SQLite database");
    assertThatExceptionOfType(PolicyStoreException.class)
        .isThrownBy(() -> store.save(policy(DOMAIN, now), now))
        .withMessageStartingWith(
            "policy store: expected to store a policy in " + file + ", found ");
    assertThat(file).hasContent("no database at all");
  }

  @Test
  void refusesAFileInAMissingDirectory() {
    Path missing = directory.resolve("missing/policies.db");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> JdbcPolicyStore.file(missing))
        .withMessage(
            "store file: expected a file in an existing directory, found "
                + missing
                + "; create the directory");
  }

  @Test
  void refusesADirectory() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JdbcPolicyStore.file(directory))
        .withMessage(
            "store file: expected a file, found the directory "
                + directory
                + "; name a file in it");
  }

  @Test
  void refusesANameThatTheDriverWouldReadAsSettings() {
    Path name = directory.resolve("policies.db?journal_mode=OFF");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> JdbcPolicyStore.file(name))
        .withMessageContaining("expected a name without question mark");
  }

  @Test
  @Timeout(60)
  void aRowThatTheTableRefusesIsReportedAndTheNextOneIsStored() {
    PolicyStore store = store();
    createTableThatRefuses("refused.example");

    assertThatExceptionOfType(RowRefusedException.class)
        .isThrownBy(() -> store.save(policy("refused.example", now), now))
        .withMessageContaining("CHECK constraint failed");
    assertThat(store.save(policy(DOMAIN, now), now)).isTrue();
    assertThat(store.list("", 10)).containsExactly(policy(DOMAIN, now));
  }

  private void createTableThatRefuses(String domain) {
    String ddl;
    try (JdbcPolicyStore store = JdbcPolicyStore.file(file)) {
      ddl = store.ddl();
    }
    String refusing = "NOT NULL PRIMARY KEY CHECK (domain <> '" + domain + "')";
    Pattern.compile(";\\s+")
        .splitAsStream(ddl.replaceFirst("NOT NULL PRIMARY KEY", refusing))
        .forEach(statement -> execute(file, statement));
  }

  /** As with a unique index that someone has added. */
  @Test
  @Timeout(60)
  void aRowThatASecondUniqueIndexRefusesIsReported() {
    PolicyStore store = store();
    store.save(policy(DOMAIN, now), now);
    execute(file, "CREATE UNIQUE INDEX one_id ON mta_sts_policy (policy_id)");

    assertThatExceptionOfType(RowRefusedException.class)
        .isThrownBy(() -> store.save(policy("b.example", now), now));
  }

  @Test
  void closeEndsTheThreadThatWrites() throws Exception {
    List<Thread> before = writers();
    JdbcPolicyStore store = JdbcPolicyStore.file(file);
    store.save(policy(DOMAIN, now), now);
    List<Thread> started = writers();
    started.removeAll(before);
    assertThat(started).hasSize(1);

    store.close();

    started.get(0).join(5_000); // less than an idle thread would live
    assertThat(started.get(0).isAlive()).isFalse();
    assertThat(store.find(DOMAIN)).contains(policy(DOMAIN, now));
    assertThatExceptionOfType(PolicyStoreException.class)
        .isThrownBy(() -> store.save(policy("b.example", now), now));
  }

  private static List<Thread> writers() {
    return new ArrayList<>(
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("mta-sts-store-file"))
            .toList());
  }

  @Test
  void aFileOfANewerReleaseIsReportedByItsName() {
    store().save(policy(DOMAIN, now), now);
    execute(file, "UPDATE mta_sts_policy SET format = 99 WHERE domain = '(schema)'");

    PolicyStore store = store();

    assertThatExceptionOfType(PolicyStoreException.class)
        .isThrownBy(() -> store.find(DOMAIN))
        .withMessageStartingWith("policy store: expected table mta_sts_policy in " + file + " ")
        .withMessageContaining("found version 99");
  }

  /** {@code DriverManager} hides drivers from classes whose loader does not find them. */
  @Test
  void aMissingDriverIsNamedWithItsVersion() throws Exception {
    URL classes = JdbcPolicyStore.class.getProtectionDomain().getCodeSource().getLocation();
    try (URLClassLoader noDriver =
        new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
      Method open =
          noDriver.loadClass(JdbcPolicyStore.class.getName()).getMethod("file", Path.class);

      assertThatThrownBy(() -> open.invoke(null, file))
          .cause()
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "store file: expected the JDBC driver of SQLite on the class path, found none; add the"
                  + " dependency "
                  + SqliteFile.DRIVER);
    }
  }

  @Test
  void theNamedDriverIsTheTestedOne() throws IOException {
    Matcher version =
        Pattern.compile("<sqlite.version>([^<]+)</sqlite.version>")
            .matcher(Files.readString(Path.of("../pom.xml")));
    assertThat(version.find()).isTrue();

    assertThat(SqliteFile.DRIVER).isEqualTo("org.xerial:sqlite-jdbc:" + version.group(1));
  }
}
