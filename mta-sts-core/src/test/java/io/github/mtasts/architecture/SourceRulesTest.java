// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files are short, the root package is small, and words are plain. */
final class SourceRulesTest {
  private static final SourceRules RULES = SourceRules.ofThisRepository();

  @Test
  void noJavaFileIsTooLong() {
    assertThat(RULES.javaFiles()).as("Java files read").hasSizeGreaterThan(300);
    assertThat(RULES.javaFilesAreShort()).isEmpty();
  }

  @Test
  void theReadmeIsNotTooLong() {
    assertThat(RULES.theReadmeIsShort()).isEmpty();
  }

  @Test
  void theRootPackageIsNotTooLarge() {
    assertThat(RULES.theRootPackageIsSmall()).isEmpty();
  }

  @Test
  void noForbiddenWordOccurs() {
    assertThat(RULES.prose()).as("files read").hasSizeGreaterThan(150);
    assertThat(RULES.wordsArePlain()).isEmpty();
  }

  /** Each rule accepts a small tree that keeps it, and names the file that breaks it. */
  @Nested
  final class OnASmallTree {
    private static final String MAIN = "mta-sts-core/src/main/java/io/github/mtasts/";
    private static final String TEST = "mta-sts-core/src/test/java/io/github/mtasts/";
    private static final String EXAMPLES = "mta-sts-examples/src/";

    @TempDir Path tree;

    record Row(
        String name,
        Function<SourceRules, List<String>> rule,
        String file,
        String kept,
        String broken,
        String message) {
      @Override
      public String toString() {
        return name;
      }
    }

    static Stream<Row> rows() {
      return Stream.of(
          javaFile("main class", MAIN + "cache/Entry.java"),
          javaFile("test class", TEST + "cache/EntryTest.java"),
          javaFile("example", EXAMPLES + "main/java/io/github/mtasts/examples/cli/Main.java"),
          javaFile("recipe for Java 21", EXAMPLES + "test/java21/Recipe.java"),
          new Row(
              "README",
              SourceRules::theReadmeIsShort,
              "README.md",
              lines(180),
              lines(181),
              "README.md: expected at most 180 lines, found 181; move details to"
                  + " mta-sts-core/docs or mta-sts-examples/README.md"),
          word("README.md", "Flight", "Lookups in FlightControl", "A Flight."),
          word("CHANGELOG.md", "flights", "InFlightLookups", "Ended flights."),
          word("mta-sts-core/docs/stores.md", "flight", "inflight", "in-flight"),
          word("mta-sts-examples/README.md", "airport", "air port", "an airport"),
          word(MAIN + "Courier.java", "Courier", "couriering", "class Courier"),
          word(MAIN + "cache/Entry.java", "vigil", "vigilant", "a vigil"),
          word("mta-sts-core/src/main/resources/a.lua", "letterhead", "letter", "-- letterhead"),
          word(MAIN + "Row.java", "LEDGER", "LEDGER_ROW", "a LEDGER"),
          word(EXAMPLES + "main/java/A.java", "Errands", "errant", "Errands"),
          word(EXAMPLES + "main/java/B.java", "whoever", "who ever", "whoever's mail"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void acceptsWhatKeepsTheRuleAndReportsWhatBreaksIt(Row row) throws IOException {
      write("README.md", "");
      write(row.file(), row.kept());
      assertThat(row.rule().apply(new SourceRules(tree))).isEmpty();

      write(row.file(), row.broken());
      assertThat(row.rule().apply(new SourceRules(tree))).containsExactly(row.message());
    }

    @Test
    void reportsTheSixteenthFileOfTheRootPackage() throws IOException {
      for (int file = 1; file <= 15; file++) {
        write(MAIN + "Type" + file + ".java", "");
      }
      write(MAIN + "cache/Type16.java", "");
      write(MAIN + "notes.txt", "");
      assertThat(new SourceRules(tree).theRootPackageIsSmall()).isEmpty();

      write(MAIN + "Type16.java", "");
      assertThat(new SourceRules(tree).theRootPackageIsSmall())
          .containsExactly(
              "mta-sts-core/src/main/java/io/github/mtasts: expected at most 15 files, found 16;"
                  + " move a class to the package of its job");
    }

    @Test
    void namesEachWordWithItsLine() throws IOException {
      write("README.md", "A courier\nand an errand\nfor whoever, whoever asks.\n");
      assertThat(new SourceRules(tree).wordsArePlain())
          .extracting(message -> message.substring(0, message.indexOf(';')))
          .containsExactly(
              "README.md:1: expected plain technical terms, found \"courier\"",
              "README.md:2: expected plain technical terms, found \"errand\"",
              "README.md:3: expected plain technical terms, found \"whoever\"",
              "README.md:3: expected plain technical terms, found \"whoever\"");
    }

    @Test
    void doesNotCheckTheWordsOfTests() throws IOException {
      write("README.md", "");
      write(TEST + "LedgerTest.java", "a ledger");
      assertThat(new SourceRules(tree).wordsArePlain()).isEmpty();
    }

    private static Row javaFile(String name, String file) {
      return new Row(
          name,
          SourceRules::javaFilesAreShort,
          file,
          lines(400),
          lines(401),
          file + ": expected at most 400 lines, found 401; split the class: one job for each");
    }

    private static Row word(String file, String found, String kept, String broken) {
      return new Row(
          "\"" + found + "\" in " + file,
          SourceRules::wordsArePlain,
          file,
          kept,
          broken,
          file + ":1: expected plain technical terms, found \"" + found + "\"; use the usual word");
    }

    private static String lines(int count) {
      return "x\n".repeat(count);
    }

    private void write(String file, String text) throws IOException {
      Path path = tree.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, text);
    }
  }
}
