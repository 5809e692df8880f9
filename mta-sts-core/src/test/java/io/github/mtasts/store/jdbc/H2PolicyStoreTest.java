// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract with an H2 file. */
final class H2PolicyStoreTest extends JdbcPolicyStoreContract {
  private final JdbcDataSource dataSource = new JdbcDataSource();
  private final Connection keptOpen;

  H2PolicyStoreTest(@TempDir Path directory) throws SQLException {
    dataSource.setURL("jdbc:h2:async:" + directory.resolve("policies") + ";REUSE_SPACE=FALSE");
    keptOpen = dataSource.getConnection(); // without it, H2 closes the file after each connection
  }

  @Override
  DataSource dataSource() {
    return dataSource;
  }

  @AfterEach
  void closeFile() throws SQLException {
    keptOpen.close();
  }
}
