// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The JDBC URL of a store.
 *
 * @param jdbcUrl may contain a password, and is never shown
 * @param h2File the file of an H2 database that was given as a path
 */
record StoreUrl(String jdbcUrl, Optional<Path> h2File) {
  private static final String JDBC = "jdbc:";
  private static final String H2_SUFFIX = ".mv.db";
  private static final Pattern KIND = Pattern.compile("jdbc:([a-z0-9]{1,20}):.*", Pattern.DOTALL);

  /** A path with a colon is in memory, on a server, or starts with a drive letter. */
  private static final Pattern SQLITE_FILE =
      Pattern.compile("jdbc:sqlite:(?:file:)?([^:?]+)(?:\\?.*)?");

  private static final Pattern H2_FILE =
      Pattern.compile("jdbc:h2:(?:(?:async|nio|file):)*([^:;~]+)(?:;.*)?");

  /** Parses a JDBC URL or the path of an H2 file. */
  static final class Converter implements ITypeConverter<StoreUrl> {
    @Override
    public StoreUrl convert(String text) {
      return text.toLowerCase(Locale.ROOT).startsWith(JDBC)
          ? new StoreUrl(JDBC + text.substring(JDBC.length()), Optional.empty())
          : forFile(text);
    }
  }

  private static StoreUrl forFile(String text) {
    if (text.isBlank() || text.contains("://")) {
      throw new TypeConversionException("expected a URL that begins with jdbc:, or a file");
    }
    String name =
        text.endsWith(H2_SUFFIX) ? text.substring(0, text.length() - H2_SUFFIX.length()) : text;
    Path path = absolute(name);
    if (path.toString().indexOf(';') >= 0) {
      // H2 would read the rest as settings, and some settings run statements.
      throw new TypeConversionException("expected a path without ; or a URL with jdbc:h2:");
    }
    if (Files.isDirectory(path)) {
      throw new TypeConversionException("expected a file, found the directory " + name);
    }
    return new StoreUrl(
        // Asynchronous: otherwise an interrupted thread would close the file for all threads.
        // No reuse of space: otherwise a kill could lose the last commits.
        "jdbc:h2:async:" + path + ";REUSE_SPACE=FALSE", Optional.of(Path.of(path + H2_SUFFIX)));
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
    if (h2File.isPresent()) {
      return h2File;
    }
    return group(SQLITE_FILE)
        .or(() -> group(H2_FILE).map(name -> name + H2_SUFFIX))
        .flatMap(StoreUrl::path);
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
    if (h2File.isPresent()) {
      return h2File.get().toString();
    }
    Matcher kind = KIND.matcher(jdbcUrl);
    return kind.matches() ? JDBC + kind.group(1) + ":…" : JDBC + "…";
  }

  /** Returns the text with this URL replaced by its shown form. */
  String redactedIn(String text) {
    return text.replace(jdbcUrl, redacted());
  }
}
