// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One PostgreSQL for all tests of a run that take its {@link DataSource}; stopped after them. */
final class PostgresServer implements ParameterResolver {
  /** The longest start of a server, on a busy machine or after a crash. */
  static final Duration START_TIMEOUT = Duration.ofMinutes(1);

  private record Running(EmbeddedPostgres server) implements AutoCloseable {
    static Running start() {
      try {
        return new Running(EmbeddedPostgres.builder().setPGStartupWait(START_TIMEOUT).start());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == DataSource.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    // JUnit closes the values of the root store at the end of the run.
    return context
        .getRoot()
        .getStore(Namespace.create(PostgresServer.class))
        .computeIfAbsent(Running.class, key -> Running.start(), Running.class)
        .server()
        .getPostgresDatabase();
  }
}
