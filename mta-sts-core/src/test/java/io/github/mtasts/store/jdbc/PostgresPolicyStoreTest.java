// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.RowRefusedException;
import io.github.mtasts.store.StoredPolicy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;

/** The contract with PostgreSQL. */
@ExtendWith(PostgresServer.class)
final class PostgresPolicyStoreTest extends JdbcPolicyStoreContract {
  private final DataSource dataSource;

  PostgresPolicyStoreTest(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  @Override
  DataSource dataSource() {
    return dataSource;
  }

  @Test
  void aDatabaseInLatin1RefusesOnlyPoliciesThatItCannotStore() throws SQLException {
    String name = "latin1_" + System.nanoTime();
    execute(
        "CREATE DATABASE "
            + name
            + " ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    try (JdbcPolicyStore store = JdbcPolicyStore.of(database(name))) {
      StoredPolicy emoji = policy("emoji.example", now, "version: STSv1\r\nx: \uD83D\uDE00\r\n");
      StoredPolicy umlaut = policy("umlaut.example", now, "version: STSv1\r\nx: \u00FC\r\n");

      assertThatExceptionOfType(RowRefusedException.class)
          .isThrownBy(() -> store.save(emoji, now))
          .withMessageContaining("refuses this row")
          .withMessageContaining("LATIN1");
      assertThat(store.save(umlaut, now)).isTrue();
      assertThat(store.list("", 10)).containsExactly(umlaut);
    } finally {
      execute("DROP DATABASE " + name);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private DataSource database(String name) {
    PGSimpleDataSource server = (PGSimpleDataSource) dataSource;
    PGSimpleDataSource other = new PGSimpleDataSource();
    other.setServerNames(server.getServerNames());
    other.setPortNumbers(server.getPortNumbers());
    other.setUser(server.getUser());
    other.setPassword(server.getPassword());
    other.setDatabaseName(name);
    return other;
  }

  private static StoredPolicy policy(String domain, Instant fetchedAt, String text) {
    return new StoredPolicy(
        domain,
        "1",
        text,
        PolicyMode.TESTING,
        fetchedAt,
        fetchedAt.plusSeconds(86_400),
        fetchedAt,
        Optional.empty());
  }
}
