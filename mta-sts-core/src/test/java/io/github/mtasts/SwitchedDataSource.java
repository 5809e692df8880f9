// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;

/** A database behind a switch: another one, none, or one that keeps its callers waiting. */
final class SwitchedDataSource {

  /** Where connections come from. */
  @FunctionalInterface
  interface Source {
    Connection get() throws SQLException;
  }

  private final Source usual;
  private volatile Source now;

  SwitchedDataSource(Source usual) {
    this.usual = usual;
    this.now = usual;
  }

  void to(Source other) {
    now = other;
  }

  void back() {
    now = usual;
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
                return now.get();
              }
              throw new UnsupportedOperationException(method.getName());
            });
  }
}
