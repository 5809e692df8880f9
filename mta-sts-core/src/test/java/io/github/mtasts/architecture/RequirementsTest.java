// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every requirement has a test or a reason in docs/conformance.md; a test reads every data file.
 */
final class RequirementsTest {
  private static final Path PAGE = Path.of("docs/conformance.md");
  private static final Pattern TAG = Pattern.compile("@Tag\\(\"rfc-item-(\\d+)\"\\)");
  private static final Pattern CASES = Pattern.compile("\"rfc8461/cases/(\\w+\\.jsonl)\"");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| *([0-9][0-9,–\\- ]*) *\\|");
  private static final Pattern RANGE = Pattern.compile("(\\d+)(?:\\s*[–-]\\s*(\\d+))?");

  @Test
  void everyRequirementHasATestOrAReason() throws IOException {
    Set<Integer> missing = required();
    assertThat(missing).hasSizeGreaterThan(100);
    missing.removeAll(tested());
    missing.removeAll(explained());
    assertThat(missing).as("requirements without a test and without a reason").isEmpty();
  }

  @Test
  void noRequirementHasBothATestAndAReason() throws IOException {
    Set<Integer> both = explained();
    both.retainAll(tested());
    assertThat(both).as("requirements with a test and with a reason").isEmpty();
  }

  @Test
  void everyFileOfCasesIsReadByATestOrHasAReason() throws IOException {
    Map<String, String> unread =
        Map.of("tlsrpt_record.jsonl", "this library does not read TLSRPT records yet");
    Set<String> missing = new TreeSet<>();
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/rfc8461/cases"))) {
      files.map(file -> file.getFileName().toString()).forEach(missing::add);
    }
    assertThat(missing).containsAll(unread.keySet());
    missing.removeAll(unread.keySet());
    missing.removeAll(filesNamedInTests());
    assertThat(missing).as("files of cases that no test reads").isEmpty();
  }

  private static Set<String> filesNamedInTests() throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        Matcher name = CASES.matcher(Files.readString(file));
        while (name.find()) {
          names.add(name.group(1));
        }
      }
    }
    return names;
  }

  @Test
  void everyRequirementIsInTheTableOfThePage() throws IOException {
    assertThat(numbersUnder("## Requirements")).isEqualTo(required());
  }

  private static Set<Integer> required() throws IOException {
    Set<Integer> numbers = new TreeSet<>();
    for (String line : Files.readAllLines(Path.of("src/test/resources/rfc8461/requirements.tsv"))) {
      if (!line.isBlank() && Character.isDigit(line.charAt(0))) {
        numbers.add(Integer.parseInt(line.substring(0, line.indexOf('\t'))));
      }
    }
    return numbers;
  }

  private static Set<Integer> tested() throws IOException {
    Set<Integer> numbers = new TreeSet<>();
    for (Path root : List.of(Path.of("src/test"), Path.of("../mta-sts-examples/src/test"))) {
      if (!Files.isDirectory(root)) {
        continue;
      }
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
          Matcher tag = TAG.matcher(Files.readString(file));
          while (tag.find()) {
            numbers.add(Integer.parseInt(tag.group(1)));
          }
        }
      }
    }
    return numbers;
  }

  /** The rows of the table of what is not applicable, or not yet. */
  private static Set<Integer> explained() throws IOException {
    return numbersUnder("## Not applicable, or not yet");
  }

  /** The numbers in the first column of the table under a heading. */
  private static Set<Integer> numbersUnder(String heading) throws IOException {
    String page = Files.readString(PAGE);
    int from = page.indexOf(heading + "\n");
    assertThat(from).as("%s in %s", heading, PAGE).isNotNegative();
    int to = page.indexOf("\n## ", from + 1);
    Set<Integer> numbers = new TreeSet<>();
    Matcher row = ROW.matcher(page.substring(from, to < 0 ? page.length() : to));
    while (row.find()) {
      Matcher range = RANGE.matcher(row.group(1));
      while (range.find()) {
        int first = Integer.parseInt(range.group(1));
        int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
        for (int number = first; number <= last; number++) {
          numbers.add(number);
        }
      }
    }
    return numbers;
  }
}
