package io.github.mtasts.store.jdbc;

import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract on MariaDB, which {@code mvn -P mariadb} starts. */
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
}
