// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Lends connections as a pool does, and records the state in which they are returned. */
final class RecordingDataSource {
  private final DataSource real;
  private final boolean autoCommit;
  private final List<Boolean> autoCommitOnReturn = Collections.synchronizedList(new ArrayList<>());
  private final List<Connection> lent = Collections.synchronizedList(new ArrayList<>());
  private volatile Optional<String> product = Optional.empty();

  RecordingDataSource(DataSource real, boolean autoCommit) {
    this.real = real;
    this.autoCommit = autoCommit;
  }

  /** Makes the database report another product name from now on. */
  void reportProduct(String name) {
    product = Optional.of(name);
  }

  /** The number of connections lent so far. */
  int lent() {
    return lent.size();
  }

  /** The auto-commit state of each connection when it was returned. */
  List<Boolean> returned() {
    return List.copyOf(autoCommitOnReturn);
  }

  DataSource dataSource() {
    return proxy(
        DataSource.class,
        (method, arguments) ->
            method.getName().equals("getConnection") ? lend() : invoke(real, method, arguments));
  }

  private Connection lend() throws SQLException {
    Connection connection = real.getConnection();
    connection.setAutoCommit(autoCommit);
    lent.add(connection);
    return proxy(
        Connection.class,
        (method, arguments) -> {
          if (method.getName().equals("close")) {
            autoCommitOnReturn.add(connection.getAutoCommit());
          }
          Object result = invoke(connection, method, arguments);
          return result instanceof DatabaseMetaData metaData ? withProduct(metaData) : result;
        });
  }

  private DatabaseMetaData withProduct(DatabaseMetaData metaData) {
    return proxy(
        DatabaseMetaData.class,
        (method, arguments) ->
            method.getName().equals("getDatabaseProductName") && product.isPresent()
                ? product.get()
                : invoke(metaData, method, arguments));
  }

  interface Handler {
    @Nullable Object handle(Method method, Object[] arguments) throws Throwable;
  }

  static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  static <T> T proxy(Class<T> type, Handler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> handler.handle(method, arguments)));
  }
}
