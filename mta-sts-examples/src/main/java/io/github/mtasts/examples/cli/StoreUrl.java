// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where a store is: a file, or a database by its JDBC URL.
 *
 * @param jdbcUrl may contain a password, and is never shown; empty if there is a file
 * @param file the SQLite file that was given as a path
 */
record StoreUrl(String jdbcUrl, Optional<Path> file) {
  private static final String JDBC = "jdbc:";
  private static final Pattern KIND = Pattern.compile("jdbc:([a-z0-9]{1,20}):.*", Pattern.DOTALL);

  /** A path with a colon is in memory, on a server, or starts with a drive letter. */
  private static final Pattern SQLITE_FILE =
      Pattern.compile("jdbc:sqlite:(?:file:)?([^:?]+)(?:\\?.*)?");

  /** A URL of another kind; one letter before the colon is a drive. */
  private static final Pattern OTHER_URL = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");

  /** Parses a JDBC URL or the path of a file. */
  static final class Converter implements ITypeConverter<StoreUrl> {
    @Override
    public StoreUrl convert(String text) {
      return text.toLowerCase(Locale.ROOT).startsWith(JDBC)
          ? new StoreUrl(JDBC + text.substring(JDBC.length()), Optional.empty())
          : forFile(text);
    }
  }

  private static StoreUrl forFile(String text) {
    if (text.isBlank() || OTHER_URL.matcher(text).matches()) {
      throw new TypeConversionException("expected a path, or a URL that begins with jdbc:");
    }
    return new StoreUrl("", Optional.of(absolute(text)));
  }

  private static Path absolute(String name) {
    try {
      return Path.of(name).toAbsolutePath();
    } catch (InvalidPathException e) {
      throw new TypeConversionException(
          "expected a file name, found characters that are not allowed");
    }
  }

  /** Returns the file that opening the database creates if it is missing. */
  Optional<Path> createdOnOpening() {
    return file.or(() -> group(SQLITE_FILE).flatMap(StoreUrl::path));
  }

  private Optional<String> group(Pattern pattern) {
    Matcher matcher = pattern.matcher(jdbcUrl);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private static Optional<Path> path(String name) {
    try {
      return Optional.of(Path.of(name));
    } catch (InvalidPathException e) {
      return Optional.empty(); // the driver reports what is wrong
    }
  }

  /** Returns the URL without secrets, or the file. */
  String redacted() {
    if (file.isPresent()) {
      return file.get().toString();
    }
    Matcher kind = KIND.matcher(jdbcUrl);
    return kind.matches() ? JDBC + kind.group(1) + ":…" : JDBC + "…";
  }

  /** Returns the text with this URL replaced by its shown form. */
  String redactedIn(String text) {
    return jdbcUrl.isEmpty() ? text : text.replace(jdbcUrl, redacted());
  }
}
