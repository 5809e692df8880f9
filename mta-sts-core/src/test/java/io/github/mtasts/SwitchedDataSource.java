// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;

/** A data source that a test can replace by another, by a refusing or by a hanging one. */
final class SwitchedDataSource {

  /** Where connections come from. */
  @FunctionalInterface
  interface Source {
    Connection get() throws SQLException;
  }

  private final Source normal;
  private volatile Source current;

  SwitchedDataSource(Source normal) {
    this.normal = normal;
    this.current = normal;
  }

  /** Takes connections from another source from now on. */
  void use(Source other) {
    current = other;
  }

  /** Takes connections from the first source again. */
  void restore() {
    current = normal;
  }

  static Source refusing() {
    return () -> {
      throw new SQLException("connection refused", "08001");
    };
  }

  /** Waits until it is interrupted. */
  static Source hanging() {
    CountDownLatch never = new CountDownLatch(1);
    return () -> {
      try {
        never.await();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
      throw new SQLException("interrupted", "57014");
    };
  }

  DataSource dataSource() {
    return (DataSource)
        Proxy.newProxyInstance(
            DataSource.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("getConnection")) {
                return current.get();
              }
              throw new UnsupportedOperationException(method.getName());
            });
  }
}
