// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.store.PolicyStoreException;
import io.github.mtasts.store.RowRefusedException;
import java.sql.SQLException;
import java.util.regex.Pattern;

/**
 * Converts a driver's exception to a {@link PolicyStoreException} that is safe to log: drivers put
 * the database URL, sometimes with a password, into their messages.
 */
final class SqlErrors {
  private static final int LONGEST_MESSAGE = 300;
  private static final Pattern URL = Pattern.compile("(?i)\\b(jdbc|postgres|postgresql):\\S*");
  private static final Pattern SECRET =
      Pattern.compile("(?i)\\b(password|passwd|pwd)\\s*[=:]\\s*\\S*");

  private SqlErrors() {}

  static PolicyStoreException toStoreException(
      String expected, SQLException thrown, String whatToDo) {
    return new PolicyStoreException(
        "policy store: expected "
            + expected
            + ", found "
            + describe(thrown)
            + "; "
            + whatToDo
            + ". The resolver works without the store meanwhile",
        withoutSecrets(thrown));
  }

  /** As {@link #toStoreException}, for an error about the content of one row. */
  static RowRefusedException toRowRefused(String expected, SQLException thrown) {
    return new RowRefusedException(
        "policy store: expected "
            + expected
            + ", found that the database refuses this row: "
            + describe(thrown)
            + "; check the character set and the columns of the table",
        withoutSecrets(thrown));
  }

  private static String describe(SQLException thrown) {
    return thrown.getClass().getSimpleName()
        + " (SQLState "
        + thrown.getSQLState()
        + ", code "
        + thrown.getErrorCode()
        + "): "
        + Excerpt.of(redacted(thrown), LONGEST_MESSAGE);
  }

  /** The exception itself, or a redacted copy if it or one of its causes contains a secret. */
  private static Throwable withoutSecrets(SQLException thrown) {
    for (Throwable each : thrown) {
      if (!redacted(each).equals(String.valueOf(each.getMessage()))) {
        SQLException copy =
            new SQLException(redacted(thrown), thrown.getSQLState(), thrown.getErrorCode());
        copy.setStackTrace(thrown.getStackTrace());
        return copy;
      }
    }
    return thrown;
  }

  private static String redacted(Throwable thrown) {
    String message = String.valueOf(thrown.getMessage());
    return SECRET.matcher(URL.matcher(message).replaceAll("$1:...")).replaceAll("$1=...");
  }
}
