package io.github.mtasts.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever opens an H2 file so that it may lose what it has committed is told. */
final class H2FileTest {
  private static final Logger LOG = Logger.getLogger(JdbcPolicyStore.class.getName());

  @TempDir Path directory;
  private final List<String> told = new ArrayList<>();
  private final Handler ear =
      new Handler() {
        @Override
        public void publish(LogRecord said) {
          told.add(said.getLevel() + " " + said.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    LOG.addHandler(ear);
  }

  @AfterEach
  void listenNoMore() {
    LOG.removeHandler(ear);
  }

  private void use(String url) throws SQLException {
    JdbcDataSource dataSource = new JdbcDataSource();
    dataSource.setURL(url);
    dataSource.setUser("sa");
    dataSource.setPassword("geheim");
    try (Connection keptOpen = dataSource.getConnection()) {
      JdbcPolicyStore store = JdbcPolicyStore.of(dataSource);
      store.find("example.com");
      store.find("example.net");
      assertThat(keptOpen.isValid(5)).isTrue();
    }
  }

  private String file() {
    return directory.resolve("policies").toString();
  }

  @ParameterizedTest
  @CsvSource({
    "'',            '',                 true,  true",
    "file:,         '',                 true,  true",
    "async:,        '',                 false, true",
    "file:async:,   ;REUSE_SPACE=TRUE,  false, true",
    "nio:,          ;REUSE_SPACE=FALSE, true,  false",
    "split:20:,     ;REUSE_SPACE=FALSE, true,  false",
  })
  void saysOnceWhatIsMissingAndNeverTheUrl(
      String before, String after, boolean wantsAsync, boolean wantsNoReuse) throws SQLException {
    use("jdbc:h2:" + before + file() + after);

    assertThat(told)
        .singleElement()
        .asString()
        .startsWith("WARNING policy store: expected an H2 file opened as jdbc:h2:async:FILE;")
        .doesNotContain("geheim", directory.toString());
    assertThat(told.get(0).contains("add async:") || told.get(0).contains("and async:"))
        .isEqualTo(wantsAsync);
    assertThat(told.get(0).contains("REUSE_SPACE=FALSE after it")).isEqualTo(wantsNoReuse);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "split:20:"})
  void hasNothingAgainstAFileThatIsOpenedAsItShouldBe(String before) throws SQLException {
    use("jdbc:h2:" + before + "async:" + file() + ";REUSE_SPACE=FALSE");

    assertThat(told).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mem:", "nioMemFS:", "memFS:"})
  void hasNothingAgainstADatabaseInMemory(String kind) throws SQLException {
    use("jdbc:h2:" + kind + directory.getFileName());

    assertThat(told).isEmpty();
  }

  /** A file that is open elsewhere is the affair of whoever opened it there. */
  @Test
  void hasNothingAgainstAServer() throws SQLException {
    Server server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
    try {
      use("jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/" + file());
    } finally {
      server.stop();
    }

    assertThat(told).isEmpty();
  }
}
