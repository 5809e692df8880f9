// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.mariadb.jdbc.MariaDbDataSource;

/** One MariaDB for all tests of a run that take its {@link DataSource}; stopped after them. */
final class MariaDbServer implements ParameterResolver {
  private static final String SCRIPT = "src/it/mariadb.sh";

  private record Running(Process script, String port) implements AutoCloseable {
    static Running start() {
      try {
        Process script =
            new ProcessBuilder("bash", SCRIPT)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = script.inputReader(StandardCharsets.US_ASCII);
        String ready = output.readLine();
        if (ready == null) {
          throw new IOException(
              SCRIPT + ": expected \"port N\", found no output; see its error output");
        }
        return new Running(script, ready.substring("port ".length()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    DataSource dataSource() {
      try {
        MariaDbDataSource dataSource =
            new MariaDbDataSource("jdbc:mariadb://127.0.0.1:" + port + "/policies");
        dataSource.setUser("policies");
        dataSource.setPassword("policies");
        return dataSource;
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() throws IOException {
      script.getOutputStream().close(); // the script stops the server at the end of its input
      try {
        if (!script.waitFor(60, TimeUnit.SECONDS)) {
          script.destroy();
        }
      } catch (InterruptedException e) {
        script.destroy();
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == DataSource.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.create(MariaDbServer.class))
        .computeIfAbsent(Running.class, key -> Running.start(), Running.class)
        .dataSource();
  }
}
