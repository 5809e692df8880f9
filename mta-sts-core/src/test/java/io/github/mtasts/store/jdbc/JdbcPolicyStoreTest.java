// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.PolicyStoreException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

/** Refused settings and databases, and the messages of the exceptions. */
final class JdbcPolicyStoreTest {
  private static final SQLiteDataSource MEMORY = new SQLiteDataSource();

  static {
    MEMORY.setUrl("jdbc:sqlite::memory:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", "1st", "a b", "a-b", "a;b", "a\"b", "a'b", "a.b.c", ".a", "a.", "tést", "a\n"
      })
  void refusesATableNameThatWouldNeedQuoting(String name) {
    JdbcPolicyStore.Builder builder = JdbcPolicyStore.builder(MEMORY);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.table(name))
        .withMessageStartingWith("table: expected a name of at most 63 ASCII letters");
  }

  @ParameterizedTest
  @ValueSource(strings = {"p", "_p", "Policies_2", "mail.policies"})
  void acceptsATableNameWithOrWithoutASchema(String name) {
    assertThat(JdbcPolicyStore.builder(MEMORY).table(name).build().ddl())
        .contains("CREATE TABLE IF NOT EXISTS " + name + " (");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT0.999S", "PT-1S", "PT1H0.001S"})
  void refusesAnImpossibleQueryTimeout(Duration limit) {
    JdbcPolicyStore.Builder builder = JdbcPolicyStore.builder(MEMORY);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.queryTimeout(limit))
        .withMessageContaining("found " + limit);
  }

  @ParameterizedTest
  @CsvSource({"Access\u001b[2J 97, Access\\u001b[2J 97", "MySQL, MySQL", "H2, H2"})
  void namesAnUnsupportedDatabaseAndTheSupportedOnes(String product, String shown) {
    RecordingDataSource recording = new RecordingDataSource(MEMORY, true);
    recording.reportProduct(product);
    PolicyStore store = JdbcPolicyStore.of(recording.dataSource());

    assertThatExceptionOfType(PolicyStoreException.class)
        .isThrownBy(() -> store.find("example.com"))
        .withMessage(
            "policy store: expected SQLite, PostgreSQL or MariaDB, found "
                + shown
                + "; use one of these, or implement PolicyStore for yours");
    assertThat(recording.returned()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "MariaDB, ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
    "MariaDB, MEDIUMTEXT",
    "PostgreSQL, 'domain VARCHAR(253) COLLATE \"C\" NOT NULL'",
    "SQLite, policy_text TEXT",
  })
  void ddlIsInTheDialectOfTheDatabase(String product, String part) {
    RecordingDataSource recording = new RecordingDataSource(MEMORY, true);
    recording.reportProduct(product);

    assertThat(JdbcPolicyStore.of(recording.dataSource()).ddl()).contains(part).endsWith(";\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "No suitable driver found for jdbc:x://me:s3cret@db.example/p?password=s3cret",
        "connection to postgresql://me:s3cret@db.example/p failed",
        "login failed: user=me, password=s3cret",
        "login failed: Password: s3cret",
      })
  void hidesPasswordsInMessagesOfDrivers(String message) {
    PolicyStore wrapped =
        JdbcPolicyStore.of(failing(new SQLException("pool is empty", new SQLException(message))));
    PolicyStore direct = JdbcPolicyStore.of(failing(new SQLException(message, "08001", 42)));

    for (PolicyStore each : new PolicyStore[] {wrapped, direct}) {
      assertThatExceptionOfType(PolicyStoreException.class)
          .isThrownBy(() -> each.find("example.com"))
          .satisfies(e -> assertThat(stackTraceOf(e)).doesNotContain("s3cret"));
    }
  }

  @Test
  void messagesNameTheFailureAndTheRemedy() {
    SQLException refused = new SQLException("the connection\nwas refused", "08001", 42);
    PolicyStore store = JdbcPolicyStore.of(failing(refused));

    assertThatExceptionOfType(PolicyStoreException.class)
        .isThrownBy(() -> store.find("example.com"))
        .withMessage(
            "policy store: expected to read a policy, found SQLException (SQLState 08001, code 42):"
                + " the connection\\u000awas refused; check the database and the data source of"
                + " the store. The resolver works without the store meanwhile")
        .withCause(refused);
  }

  private static String stackTraceOf(Throwable thrown) {
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    return trace.toString();
  }

  private static DataSource failing(SQLException thrown) {
    return RecordingDataSource.proxy(
        DataSource.class,
        (method, arguments) -> {
          throw thrown;
        });
  }
}
