// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.PolicyStoreException;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import io.github.mtasts.store.UnreadableRow;
import io.github.mtasts.testing.PolicyStoreContract;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The guarantees of the JDBC store beyond the port's contract, the same for each database. */
abstract class JdbcPolicyStoreContract extends PolicyStoreContract {
  private static final String DOMAIN = "example.com";

  /** Each test has its own table, because several tests share a database. */
  private final String table = "t" + Long.toString(System.nanoTime(), 36);

  /** Supplies connections to the database of this test. */
  abstract DataSource dataSource();

  @Override
  protected PolicyStore open() {
    return builder(dataSource()).build();
  }

  private JdbcPolicyStore.Builder builder(DataSource dataSource) {
    return JdbcPolicyStore.builder(dataSource).table(table);
  }

  @Override
  protected void corrupt(String domain) {
    change(domain, "policy_mode = 'enforced'");
  }

  final void change(String domain, String assignments) {
    execute("UPDATE " + table + " SET " + assignments + " WHERE domain = '" + domain + "'");
  }

  private void execute(String sql) {
    try (Connection connection = dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "format = 2",
        "format = -1",
        "policy_id = 'no id!'",
        "policy_id = NULL",
        "policy_mode = 'ENFORCE'",
        "policy_mode = NULL",
        "policy_text = ''",
        "policy_text = NULL",
        "fetched_at = NULL",
        "expires_at = NULL",
        "expires_at = 9223372036854775807",
        "expires_at = fetched_at - 1",
        "last_used_at = NULL",
        "failure_at = 1, failure_retry_at = NULL, failure_count = 1, failure_detail = 'x'",
        "failure_at = 1, failure_retry_at = 1, failure_count = 0, failure_detail = 'x'",
        "failure_at = 1, failure_retry_at = 1, failure_count = 1, failure_detail = NULL",
        "failure_at = 1, failure_retry_at = 1, failure_count = 1, failure_detail = 'x',"
            + " failure_type = 'sts'",
      })
  void anInvalidColumnMakesTheRowUnreadableUntilItIsReplaced(String assignments) {
    PolicyStore store = store();
    store.save(policy("a.example", now), now);
    store.save(policy(DOMAIN, now), now);
    change(DOMAIN, assignments);

    assertThat(store.find(DOMAIN)).containsInstanceOf(UnreadableRow.class);
    assertThat(store.list("", 10)).hasSize(2).contains(policy("a.example", now));
    StoredPolicy older = policy(DOMAIN, now.minusSeconds(60));
    assertThat(store.save(older, now)).isTrue();
    assertThat(store.find(DOMAIN)).contains(older);
  }

  @Test
  void aRowWhoseKeyIsNotADomainIsUnreadable() {
    PolicyStore store = store();
    store.save(policy(DOMAIN, now), now);
    change(DOMAIN, "domain = 'Example.COM'");

    assertThat(store.list("", 10))
        .singleElement()
        .isInstanceOf(UnreadableRow.class)
        .extracting(StoredRow::domain)
        .isEqualTo("Example.COM");
    assertThat(store.find(DOMAIN)).isEmpty();
    assertThat(store.purge("Example.COM")).isTrue();
  }

  @Test
  @Timeout(120)
  void severalNodesCanCreateTheTableConcurrently() throws Exception {
    int nodes = 8;
    CyclicBarrier start = new CyclicBarrier(nodes);
    ExecutorService threads = Executors.newFixedThreadPool(nodes);
    try {
      List<Future<Boolean>> running = new ArrayList<>();
      for (int node = 0; node < nodes; node++) {
        String domain = "n" + node + ".example";
        PolicyStore store = store();
        running.add(
            threads.submit(
                () -> {
                  start.await(60, TimeUnit.SECONDS);
                  return store.save(policy(domain, now), now);
                }));
      }
      for (Future<Boolean> each : running) {
        assertThat(each.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(store().list("", 100)).hasSize(nodes);
  }

  @Test
  void theVersionRowOfTheTableIsNotAPolicy() {
    PolicyStore store = store();

    assertThat(store.find(PolicyTable.SCHEMA_ROW)).isEmpty();
    assertThat(store.purge(PolicyTable.SCHEMA_ROW)).isFalse();
    assertThat(store.purgeExpired(now.plus(Duration.ofDays(999)))).isZero();
    assertThat(store.list("", 10)).isEmpty();
    assertThat(store().save(policy(DOMAIN, now), now)).isTrue();
  }

  @Test
  void aTableOfANewerReleaseIsRefusedAndNotChanged() {
    store().save(policy(DOMAIN, now), now);
    change(PolicyTable.SCHEMA_ROW, "format = 2");

    PolicyStore store = store();
    assertThatExceptionOfType(PolicyStoreException.class)
        .isThrownBy(() -> store.save(policy(DOMAIN, now.plusMillis(1)), now))
        .withMessageContaining("expected table " + table + " in version 1, found version 2")
        .withMessageContaining("update this one");
    change(PolicyTable.SCHEMA_ROW, "format = 1");
    assertThat(store.find(DOMAIN)).contains(policy(DOMAIN, now));
  }

  @Test
  void aTableWithoutItsVersionRowIsCompleted() {
    store().save(policy(DOMAIN, now), now);
    execute("DELETE FROM " + table + " WHERE domain = '" + PolicyTable.SCHEMA_ROW + "'");

    assertThat(store().find(DOMAIN)).contains(policy(DOMAIN, now));
    PolicyStore existing = builder(dataSource()).schema(JdbcPolicyStore.Schema.EXISTING).build();
    assertThat(existing.find(DOMAIN)).contains(policy(DOMAIN, now));
  }

  @Test
  void anAdministratorCreatesTheTableWithTheStatementsOfDdl() {
    JdbcPolicyStore store = builder(dataSource()).schema(JdbcPolicyStore.Schema.EXISTING).build();
    assertThatExceptionOfType(PolicyStoreException.class)
        .isThrownBy(() -> store.find(DOMAIN))
        .withMessageContaining("expected to read the table " + table)
        .withMessageContaining("ddl()");

    Pattern.compile(";\\s+").splitAsStream(store.ddl()).forEach(this::execute);
    assertThat(store.save(policy(DOMAIN, now), now)).isTrue();
    assertThat(store.find(DOMAIN)).contains(policy(DOMAIN, now));
  }

  @Test
  void twoTablesOfOneDatabaseDoNotMix() {
    store().save(policy(DOMAIN, now), now);
    JdbcPolicyStore other = JdbcPolicyStore.builder(dataSource()).table(table + "_other").build();

    assertThat(other.find(DOMAIN)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void returnsConnectionsInTheirOriginalState(boolean autoCommit) {
    RecordingDataSource recording = new RecordingDataSource(dataSource(), autoCommit);
    PolicyStore store = builder(recording.dataSource()).build();
    assertThat(recording.lent()).as("connections before the first use").isZero();

    store.save(policy(DOMAIN, now), now);
    store.used(Map.of(DOMAIN, now.plusMillis(1)));
    store.failed(DOMAIN, failure(now.plusMillis(1), "refused"));
    store.newestFetch();
    store.list("", 10);
    store.purgeExpired(now.plus(Duration.ofDays(2)));
    store.purge(DOMAIN);

    assertThat(recording.lent()).isGreaterThan(6);
    assertThat(recording.returned()).hasSize(recording.lent()).containsOnly(autoCommit);
  }

  /** An operator may drop the table, or delete the file of SQLite, while the store runs. */
  @Test
  void aTableThatWasDroppedIsCreatedAgain() throws Exception {
    PolicyStore store = store();
    store.save(policy(DOMAIN, now), now);
    try (Connection connection = dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE " + table);
    }

    assertThat(store.find(DOMAIN)).isEmpty();
    assertThat(store.save(policy(DOMAIN, now), now)).isTrue();
    assertThat(store.find(DOMAIN)).contains(policy(DOMAIN, now));
  }

  @Test
  void refusesAnInterruptedThreadAndKeepsItsInterruptStatus() {
    PolicyStore store = store();
    store.save(policy(DOMAIN, now), now);

    Thread.currentThread().interrupt();
    try {
      assertThatExceptionOfType(PolicyStoreException.class)
          .isThrownBy(() -> store.find(DOMAIN))
          .withMessageContaining("interrupted");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(store.find(DOMAIN)).contains(policy(DOMAIN, now));
  }

  @Test
  @Timeout(120)
  void aLockThatIsNeverReleasedEndsInAnExceptionInTime() throws Exception {
    store().save(policy(DOMAIN, now), now);
    PolicyStore store = builder(dataSource()).queryTimeout(Duration.ofSeconds(1)).build();
    StoredPolicy newer = policy(DOMAIN, now.plusMillis(1));
    try (Connection holder = dataSource().getConnection()) {
      holder.setAutoCommit(false);
      try (Statement statement = holder.createStatement()) {
        statement.execute(
            "UPDATE " + table + " SET last_used_at = 0 WHERE domain = '" + DOMAIN + "'");
        assertThatExceptionOfType(PolicyStoreException.class)
            .isThrownBy(() -> store.save(newer, now))
            .withMessageContaining("expected to store a policy, found ");
      }
      holder.rollback();
    }
    assertThat(store.save(newer, now)).isTrue();
  }
}
