// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredRow;
import io.github.mtasts.store.UnreadableRow;
import java.nio.file.Path;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

/** The contract with an SQLite file in WAL mode, as the store's Javadoc recommends. */
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

  /** SQLite columns accept values of any type. */
  @ParameterizedTest
  @ValueSource(strings = {"'one'", "0.5", "4294967296"})
  void aFormatThatIsNotAnIntegerHidesNoOtherRow(String format) {
    PolicyStore store = store();
    for (String domain : List.of("a.example", "b.example", "c.example")) {
      store.save(policy(domain, now), now);
    }
    change("b.example", "format = " + format);

    List<StoredRow> page = store.list("", 2);
    assertThat(page).extracting(StoredRow::domain).containsExactly("a.example", "b.example");
    assertThat(page.get(1)).isInstanceOf(UnreadableRow.class);
    assertThat(store.list("b.example", 2)).containsExactly(policy("c.example", now));
    assertThat(store.save(policy("b.example", now), now)).isTrue();
    assertThat(store.find("b.example")).contains(policy("b.example", now));
  }
}
