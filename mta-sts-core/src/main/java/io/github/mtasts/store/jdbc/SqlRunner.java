// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import java.sql.SQLException;

/** Runs statements and returns their result. */
interface SqlRunner {

  /** Statements that may run again if they fail. */
  @FunctionalInterface
  interface Work<T> {
    T on(SqlConnection connection) throws SQLException;
  }

  /**
   * Runs work until it succeeds or may not be retried.
   *
   * @param goal the purpose, as error messages name it after "expected"
   */
  <T> T run(String goal, Work<T> work);
}
