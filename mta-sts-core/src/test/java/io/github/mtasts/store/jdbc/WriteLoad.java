// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredPolicy;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
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

  /** Opens a file as the Javadoc of {@link JdbcPolicyStore} recommends. */
  static DataSource file(String database, String path) {
    if (database.equals("h2")) {
      JdbcDataSource h2 = new JdbcDataSource();
      h2.setURL("jdbc:h2:async:" + path + ";REUSE_SPACE=FALSE");
      return h2;
    }
    SQLiteDataSource sqlite = new SQLiteDataSource();
    sqlite.setUrl("jdbc:sqlite:" + path);
    sqlite.setJournalMode("WAL");
    return sqlite;
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

  public static void main(String[] arguments) throws Exception {
    DataSource dataSource = file(arguments[0], arguments[1]);
    try (var keptOpen = dataSource.getConnection()) {
      keptOpen.getMetaData();
      JdbcPolicyStore store = JdbcPolicyStore.of(dataSource);
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
