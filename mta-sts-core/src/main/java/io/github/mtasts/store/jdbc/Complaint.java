package io.github.mtasts.store.jdbc;

import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.store.PolicyStoreException;
import java.sql.SQLException;
import java.util.regex.Pattern;

/**
 * Turns what a driver throws into what an operator may read: drivers put the URL of the database,
 * and with it a password, into their messages.
 */
final class Complaint {
  private static final int LONGEST = 300;
  private static final Pattern URL = Pattern.compile("(?i)\\b(jdbc|postgres|postgresql):\\S*");
  private static final Pattern SECRET =
      Pattern.compile("(?i)\\b(password|passwd|pwd)\\s*[=:]\\s*\\S*");

  private Complaint() {}

  static PolicyStoreException of(String expected, SQLException thrown, String whatToDo) {
    return new PolicyStoreException(
        "policy store: expected "
            + expected
            + ", found "
            + found(thrown)
            + "; "
            + whatToDo
            + ". The resolver goes on without the store meanwhile",
        withoutSecrets(thrown));
  }

  private static String found(SQLException thrown) {
    return thrown.getClass().getSimpleName()
        + " (SQLState "
        + thrown.getSQLState()
        + ", code "
        + thrown.getErrorCode()
        + "): "
        + Excerpt.of(redacted(thrown), LONGEST);
  }

  /** The exception itself, unless it or what caused it says too much. */
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
