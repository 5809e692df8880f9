// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredPolicy;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import java.util.function.Consumer;
import org.sqlite.SQLiteDataSource;

/**
 * Stores policies of a few domains repeatedly, each newer than the last, until the process is
 * killed.
 *
 * <p>As a program, it prints one line for each stored policy.
 */
final class WriteLoad {
  static final int DOMAINS = 40;

  private WriteLoad() {}

  /** Opens an SQLite file, or uses it by a data source as {@link JdbcPolicyStore} recommends. */
  static JdbcPolicyStore open(String kind, String path) {
    if (kind.equals("file")) {
      return JdbcPolicyStore.file(Path.of(path));
    }
    SQLiteDataSource sqlite = new SQLiteDataSource();
    sqlite.setUrl("jdbc:sqlite:" + path);
    sqlite.setJournalMode("WAL");
    return JdbcPolicyStore.of(sqlite);
  }

  /** Stores until an exception is thrown; calls back after each stored policy. */
  static void run(PolicyStore store, Consumer<StoredPolicy> stored) {
    Random random = new Random();
    while (true) {
      String domain = "d" + random.nextInt(DOMAINS) + ".example";
      Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
      StoredPolicy policy = ChecksummedPolicy.of(domain, now, random);
      if (store.save(policy, now)) {
        stored.accept(policy);
      }
    }
  }

  public static void main(String[] arguments) {
    try (JdbcPolicyStore store = open(arguments[0], arguments[1])) {
      Consumer<StoredPolicy> print =
          policy ->
              System.out.print(policy.domain() + " " + policy.fetchedAt().toEpochMilli() + "\n");
      Thread second = new Thread(() -> run(store, print), "second");
      second.setDaemon(true);
      second.start();
      run(store, print);
    }
  }
}
