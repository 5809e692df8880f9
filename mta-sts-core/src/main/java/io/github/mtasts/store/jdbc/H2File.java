package io.github.mtasts.store.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How an H2 file is opened, as the database itself says: a URL tells only a part of it, and more
 * than may be shown.
 *
 * @param path with the names of the file systems before it; null if the database is in memory
 * @param client who asks; null if that is this process, and the file is open in it
 * @param reuseSpace a setting of the database
 */
record H2File(@Nullable String path, @Nullable String client, @Nullable String reuseSpace) {
  private static final String QUESTION =
      "SELECT DATABASE_PATH(),"
          + " (SELECT CLIENT_ADDR FROM INFORMATION_SCHEMA.SESSIONS WHERE SESSION_ID = SESSION_ID()),"
          + " (SELECT SETTING_VALUE FROM INFORMATION_SCHEMA.SETTINGS"
          + " WHERE SETTING_NAME = 'REUSE_SPACE')";

  /** Letters before a colon; one letter alone is a drive. */
  private static final Pattern ASYNC = Pattern.compile("(?:[A-Za-z0-9]{2,}:)*async:.*");

  private static final Pattern IN_MEMORY = Pattern.compile("(?:nioMem|mem)(?:FS|LZ):.*");

  /** What should be said to whoever has opened the file; empty if nothing, or it is no file. */
  static Optional<String> weakness(Session session) throws SQLException {
    return session.queryOne(QUESTION, H2File::of).flatMap(H2File::weakness);
  }

  private static H2File of(ResultSet row) throws SQLException {
    return new H2File(row.getString(1), row.getString(2), row.getString(3));
  }

  Optional<String> weakness() {
    if (path == null || client != null || IN_MEMORY.matcher(path).matches()) {
      return Optional.empty();
    }
    List<String> missing = new ArrayList<>();
    if (!ASYNC.matcher(path).matches()) {
      missing.add("async: before the file, or an interrupt closes it under everybody");
    }
    if (!"false".equalsIgnoreCase(reuseSpace)) {
      missing.add("REUSE_SPACE=FALSE after it, or a kill may cost the last commits");
    }
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "expected an H2 file opened as jdbc:h2:async:FILE;REUSE_SPACE=FALSE, found another way;"
                + " add "
                + String.join("; and ", missing));
  }
}
