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
 * Where a store is.
 *
 * @param url for JDBC; may hold a password, and is never shown
 * @param file the file of an H2 database that was named by its path
 */
record StoreLocation(String url, Optional<Path> file) {
  private static final String JDBC = "jdbc:";
  private static final String H2_SUFFIX = ".mv.db";
  private static final Pattern KIND = Pattern.compile("jdbc:([a-z0-9]{1,20}):.*", Pattern.DOTALL);

  /** What has a colon is in memory, at a server, or begins with the letter of a drive. */
  private static final Pattern SQLITE_FILE =
      Pattern.compile("jdbc:sqlite:(?:file:)?([^:?]+)(?:\\?.*)?");

  private static final Pattern H2_FILE =
      Pattern.compile("jdbc:h2:(?:(?:async|nio|file):)*([^:;~]+)(?:;.*)?");

  /** Reads a JDBC URL, or the path of an H2 file. */
  static final class Converter implements ITypeConverter<StoreLocation> {
    @Override
    public StoreLocation convert(String text) {
      return text.toLowerCase(Locale.ROOT).startsWith(JDBC)
          ? new StoreLocation(JDBC + text.substring(JDBC.length()), Optional.empty())
          : inFile(text);
    }
  }

  private static StoreLocation inFile(String text) {
    if (text.isBlank() || text.contains("://")) {
      throw new TypeConversionException("expected a URL that begins with jdbc: or a file");
    }
    String name =
        text.endsWith(H2_SUFFIX) ? text.substring(0, text.length() - H2_SUFFIX.length()) : text;
    Path path = absolute(name);
    if (path.toString().indexOf(';') >= 0) {
      // H2 would take what follows for settings, and some of them run statements.
      throw new TypeConversionException("expected a path without ; or a URL with jdbc:h2:");
    }
    if (Files.isDirectory(path)) {
      throw new TypeConversionException("expected a file, found the directory " + name);
    }
    return new StoreLocation(
        // Asynchronous, or an interrupted thread would close the file for all.
        // And without reuse of space, or a kill could cost the last commits.
        "jdbc:h2:async:" + path + ";REUSE_SPACE=FALSE", Optional.of(Path.of(path + H2_SUFFIX)));
  }

  private static Path absolute(String name) {
    try {
      return Path.of(name).toAbsolutePath();
    } catch (InvalidPathException e) {
      throw new TypeConversionException(
          "expected a file name, found characters that none can have");
    }
  }

  /** Returns the file that is made when the database is opened, if it is missing. */
  Optional<Path> madeOnOpening() {
    if (file.isPresent()) {
      return file;
    }
    return group(SQLITE_FILE)
        .or(() -> group(H2_FILE).map(name -> name + H2_SUFFIX))
        .flatMap(StoreLocation::path);
  }

  private Optional<String> group(Pattern pattern) {
    Matcher matcher = pattern.matcher(url);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private static Optional<Path> path(String name) {
    try {
      return Optional.of(Path.of(name));
    } catch (InvalidPathException e) {
      return Optional.empty(); // the driver will say what is wrong
    }
  }

  /** Returns what may be shown of it. */
  String shown() {
    if (file.isPresent()) {
      return file.get().toString();
    }
    Matcher kind = KIND.matcher(url);
    return kind.matches() ? JDBC + kind.group(1) + ":…" : JDBC + "…";
  }

  /** Returns a text in which the URL, should it be there, is no more than may be shown. */
  String hiddenIn(String text) {
    return text.replace(url, shown());
  }
}
