// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.UnreadableRow;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract with MariaDB; {@code mvn -P mariadb} starts the server. */
@ExtendWith(MariaDbServer.class)
final class MariaDbPolicyStoreIT extends JdbcPolicyStoreContract {
  private final DataSource dataSource;

  MariaDbPolicyStoreIT(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  @Override
  DataSource dataSource() {
    return dataSource;
  }

  /** MariaDB ignores trailing spaces when it compares keys. */
  @Test
  void replacesAKeyWithATrailingSpaceByTheDomain() {
    PolicyStore store = store();
    store.save(policy("example.com", now), now);
    change("example.com", "domain = 'example.com '");
    assertThat(store.find("example.com")).containsInstanceOf(UnreadableRow.class);

    assertThat(store.save(policy("example.com", now), now)).isTrue();

    assertThat(store.find("example.com")).contains(policy("example.com", now));
  }
}
