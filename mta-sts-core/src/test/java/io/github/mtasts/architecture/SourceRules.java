// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Rules for the text of the repository. Each rule returns one message for each breach, empty if
 * there is none.
 *
 * @param repository the directory that holds {@code mta-sts-core} and {@code README.md}
 */
record SourceRules(Path repository) {
  static final int JAVA_LINES = 400;
  static final int README_LINES = 180;
  static final int ROOT_FILES = 15;

  private static final Pattern FORBIDDEN =
      Pattern.compile(
          "\\b(?:flights?|airports?|couriers?|vigils?|letterheads?|ledgers?|errands?|whoever)\\b",
          Pattern.CASE_INSENSITIVE);
  private static final List<String> MODULES = List.of("mta-sts-core", "mta-sts-examples");
  private static final String ROOT_PACKAGE = "mta-sts-core/src/main/java/io/github/mtasts";

  /** Finds the repository from the working directory, which may be a module or deeper. */
  static SourceRules ofThisRepository() {
    Path start = Path.of("").toAbsolutePath();
    for (Path dir = start; dir != null; dir = dir.getParent()) {
      if (Files.isRegularFile(dir.resolve("mta-sts-core/pom.xml"))) {
        return new SourceRules(dir);
      }
    }
    throw new IllegalStateException(
        "repository: expected mta-sts-core/pom.xml in or above the working directory, found none"
            + " above "
            + start
            + "; run the tests inside a checkout");
  }

  List<String> javaFilesAreShort() {
    return javaFiles().stream()
        .flatMap(file -> tooLong(file, JAVA_LINES, "split the class: one job for each"))
        .toList();
  }

  List<String> theReadmeIsShort() {
    return tooLong(
            repository.resolve("README.md"),
            README_LINES,
            "move details to mta-sts-core/docs or mta-sts-examples/README.md")
        .toList();
  }

  List<String> theRootPackageIsSmall() {
    long files =
        filesIn(repository.resolve(ROOT_PACKAGE), 1).stream().filter(SourceRules::isJava).count();
    return files <= ROOT_FILES
        ? List.of()
        : List.of(
            "%s: expected at most %d files, found %d; move a class to the package of its job"
                .formatted(ROOT_PACKAGE, ROOT_FILES, files));
  }

  List<String> wordsArePlain() {
    return prose().stream().flatMap(this::forbiddenWords).toList();
  }

  /** The Java files of both modules, main and test. */
  List<Path> javaFiles() {
    return MODULES.stream()
        .flatMap(module -> filesIn(repository.resolve(module + "/src"), Integer.MAX_VALUE).stream())
        .filter(SourceRules::isJava)
        .toList();
  }

  /** The files whose words are checked: what users read, and the main sources. */
  List<Path> prose() {
    List<Path> prose = new ArrayList<>();
    for (String module : MODULES) {
      prose.addAll(filesIn(repository.resolve(module + "/src/main"), Integer.MAX_VALUE));
    }
    filesIn(repository.resolve("mta-sts-core/docs"), 1).stream()
        .filter(file -> file.toString().endsWith(".md"))
        .forEach(prose::add);
    Stream.of("README.md", "CHANGELOG.md", "mta-sts-examples/README.md")
        .map(repository::resolve)
        .filter(Files::isRegularFile)
        .forEach(prose::add);
    return prose;
  }

  private Stream<String> tooLong(Path file, int allowed, String advice) {
    int lines = linesOf(file).size();
    return lines <= allowed
        ? Stream.of()
        : Stream.of(
            "%s: expected at most %d lines, found %d; %s"
                .formatted(name(file), allowed, lines, advice));
  }

  private Stream<String> forbiddenWords(Path file) {
    List<String> lines = linesOf(file);
    List<String> found = new ArrayList<>();
    for (int line = 1; line <= lines.size(); line++) {
      Matcher word = FORBIDDEN.matcher(lines.get(line - 1));
      while (word.find()) {
        found.add(
            "%s:%d: expected plain technical terms, found \"%s\"; use the usual word"
                .formatted(name(file), line, word.group()));
      }
    }
    return found.stream();
  }

  private String name(Path file) {
    return repository.relativize(file).toString().replace('\\', '/');
  }

  private static boolean isJava(Path file) {
    return file.toString().endsWith(".java");
  }

  private static List<Path> filesIn(Path directory, int depth) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(directory, depth)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> linesOf(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
