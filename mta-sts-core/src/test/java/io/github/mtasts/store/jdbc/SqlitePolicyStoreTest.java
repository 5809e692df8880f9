package io.github.mtasts.store.jdbc;

import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** The contract on an SQLite file with a write-ahead log, as the store's Javadoc advises. */
final class SqlitePolicyStoreTest extends JdbcPolicyStoreContract {
  private final SQLiteDataSource dataSource = new SQLiteDataSource();

  SqlitePolicyStoreTest(@TempDir Path directory) {
    dataSource.setUrl("jdbc:sqlite:" + directory.resolve("policies.db"));
    dataSource.setJournalMode("WAL");
  }

  @Override
  DataSource dataSource() {
    return dataSource;
  }
}
