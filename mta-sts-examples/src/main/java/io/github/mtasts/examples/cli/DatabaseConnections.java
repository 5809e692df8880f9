// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A minimal connection pool for one database.
 *
 * <p>It opens as many connections as are used at the same time. An application would use its own
 * pool. Safe for use by several threads.
 */
final class DatabaseConnections implements DataSource, AutoCloseable {
  private static final int SECONDS_TO_ANSWER = 2;

  private final String url;
  private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  /** Opens no connection yet. */
  DatabaseConnections(String url) {
    this.url = url;
  }

  @Override
  public Connection getConnection() throws SQLException {
    for (Connection pooled = idle.poll(); pooled != null; pooled = idle.poll()) {
      if (pooled.isValid(SECONDS_TO_ANSWER)) {
        return borrowed(pooled);
      }
      pooled.close();
    }
    return borrowed(DriverManager.getConnection(url));
  }

  /** Returns a proxy whose {@code close} returns the connection to the pool. */
  private Connection borrowed(Connection connection) {
    AtomicBoolean returned = new AtomicBoolean();
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (!method.getName().equals("close")) {
                return call(connection, method, arguments);
              }
              if (returned.compareAndSet(false, true)) {
                putBack(connection);
              }
              return null;
            });
  }

  private static @Nullable Object call(
      Connection connection, Method method, @Nullable Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(connection, arguments);
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause() == null ? thrown : thrown.getCause();
    }
  }

  private void putBack(Connection connection) throws SQLException {
    idle.push(connection);
    if (closed) {
      closeIdle();
    }
  }

  /** Closes idle connections now, and borrowed ones when they are returned. */
  @Override
  public void close() {
    closed = true;
    try {
      closeIdle();
    } catch (SQLException e) {
      // Committed data is stored, and no caller waits for uncommitted data.
    }
  }

  private void closeIdle() throws SQLException {
    for (Connection pooled = idle.poll(); pooled != null; pooled = idle.poll()) {
      pooled.close();
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("user and password belong in the URL");
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    throw new SQLFeatureNotSupportedException("this pool does not log");
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    throw new SQLFeatureNotSupportedException("this pool does not log");
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    throw new SQLFeatureNotSupportedException("the store's deadline applies");
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("this pool does not log");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLFeatureNotSupportedException("this pool wraps no other object");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
