// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;

/**
 * Connections to an SQLite file, with the settings that durability needs.
 *
 * <p>Each call opens a connection of its own, which is cheap, and finds the file that is there now.
 * When the last one is closed, SQLite moves everything into that file, so between two calls an
 * operator can replace or delete it. Safe for use by several threads.
 */
final class SqliteFile implements SqlExecutor.Connections {
  /** The driver that this release is tested with: {@value}. */
  static final String DRIVER = "org.xerial:sqlite-jdbc:3.54.1.0";

  private final Path file;
  private final String url;
  private final Properties settings = new Properties();

  /**
   * Opens nothing yet.
   *
   * @throws IllegalArgumentException if the path cannot be the name of a file
   * @throws IllegalStateException if there is no driver for SQLite
   */
  SqliteFile(Path file) {
    this.file = requireFile(file.toAbsolutePath());
    this.url = "jdbc:sqlite:" + this.file;
    settings.setProperty("journal_mode", "WAL");
    settings.setProperty("synchronous", "FULL");
    settings.setProperty("busy_timeout", "1500");
    settings.setProperty("transaction_mode", "IMMEDIATE");
    requireDriver();
  }

  private static Path requireFile(Path file) {
    Path directory = file.getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw new IllegalArgumentException(
          "store file: expected a file in an existing directory, found "
              + file
              + "; create the directory");
    }
    if (Files.isDirectory(file)) {
      throw new IllegalArgumentException(
          "store file: expected a file, found the directory " + file + "; name a file in it");
    }
    if (file.toString().indexOf('?') >= 0) {
      throw new IllegalArgumentException(
          "store file: expected a name without question mark, found "
              + file
              + "; use another name");
    }
    return file;
  }

  private void requireDriver() {
    try {
      Objects.requireNonNull(DriverManager.getDriver(url));
    } catch (SQLException e) {
      throw new IllegalStateException(
          "store file: expected the JDBC driver of SQLite on the class path, found none; add the"
              + " dependency "
              + DRIVER,
          e);
    }
  }

  Path path() {
    return file;
  }

  @Override
  public String advice() {
    return "check that it is an SQLite database, and that this process may write to it and to its"
        + " directory";
  }

  @Override
  public Connection open() throws SQLException {
    create();
    return DriverManager.getConnection(url, settings);
  }

  /**
   * Creates an empty file, which SQLite takes for an empty database. Otherwise the driver would
   * create a missing file and delete it again, even if another thread has stored something in it.
   */
  private void create() {
    if (!Files.exists(file)) {
      try {
        Files.createFile(file);
      } catch (IOException e) {
        // Another thread was faster, or the driver reports what is wrong.
      }
    }
  }
}
