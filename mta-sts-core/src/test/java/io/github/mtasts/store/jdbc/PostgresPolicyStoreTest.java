// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtendWith;

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
}
