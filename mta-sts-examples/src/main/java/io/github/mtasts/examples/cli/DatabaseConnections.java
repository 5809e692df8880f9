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
 * Connections to one database, each lent again and again until all are closed.
 *
 * <p>As few as are used at the same time; an application would take a pool of its own. Safe for use
 * by several threads.
 */
final class DatabaseConnections implements DataSource, AutoCloseable {
  private static final int SECONDS_TO_ANSWER = 2;

  private final String url;
  private final Deque<Connection> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  /** Opens nothing yet. */
  DatabaseConnections(String url) {
    this.url = url;
  }

  @Override
  public Connection getConnection() throws SQLException {
    for (Connection known = idle.poll(); known != null; known = idle.poll()) {
      if (known.isValid(SECONDS_TO_ANSWER)) {
        return lent(known);
      }
      known.close();
    }
    return lent(DriverManager.getConnection(url));
  }

  /** Returns the connection, but closing it brings it back. */
  private Connection lent(Connection connection) {
    AtomicBoolean back = new AtomicBoolean();
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (!method.getName().equals("close")) {
                return call(connection, method, arguments);
              }
              if (back.compareAndSet(false, true)) {
                takeBack(connection);
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

  private void takeBack(Connection connection) throws SQLException {
    idle.push(connection);
    if (closed) {
      closeIdle();
    }
  }

  /** Closes what is not lent now, and the rest when it comes back. */
  @Override
  public void close() {
    closed = true;
    try {
      closeIdle();
    } catch (SQLException e) {
      // What was committed is stored, and what was not nobody waits for.
    }
  }

  private void closeIdle() throws SQLException {
    for (Connection known = idle.poll(); known != null; known = idle.poll()) {
      known.close();
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("the URL says who connects");
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    throw new SQLFeatureNotSupportedException("nothing is logged");
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    throw new SQLFeatureNotSupportedException("nothing is logged");
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    throw new SQLFeatureNotSupportedException("the store's deadline counts");
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("nothing is logged");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLFeatureNotSupportedException("there is nothing inside");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
