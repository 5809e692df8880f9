// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every citation names a section that exists in the RFC. */
final class CitationsTest {
  private static final Pattern CITATION =
      Pattern.compile("RFC (\\d{3,5}) §([0-9A-Z]+(?:\\.\\d+)*)");
  private static final Pattern OTHER_FORM =
      Pattern.compile("(?i)\\bRFC[ -]?\\d{3,5},? (?:section|sect\\.|sec\\.|s\\.)");

  @Test
  void everyCitationNamesASectionOfItsRfc() throws IOException {
    Map<String, Set<String>> sections = sections();
    List<String> wrong = new ArrayList<>();
    int seen = 0;
    for (Path file : sources()) {
      Matcher citation = CITATION.matcher(Files.readString(file));
      while (citation.find()) {
        seen++;
        Set<String> known = sections.get(citation.group(1));
        if (known == null || !known.contains(citation.group(2))) {
          wrong.add(file.getFileName() + ": " + citation.group());
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(seen).as("citations found").isGreaterThan(50);
  }

  @Test
  void everyCitationUsesTheSameForm() throws IOException {
    List<String> otherForms = new ArrayList<>();
    for (Path file : sources()) {
      Matcher match = OTHER_FORM.matcher(Files.readString(file));
      while (match.find()) {
        otherForms.add(file.getFileName() + ": " + match.group());
      }
    }
    assertThat(otherForms).isEmpty();
  }

  /** One line for each RFC: number, colon, sections. */
  private static Map<String, Set<String>> sections() throws IOException {
    Map<String, Set<String>> sections = new HashMap<>();
    for (String line : Files.readAllLines(Path.of("src/test/resources/rfc8461/sections.txt"))) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] parts = line.split(":", 2);
        sections.put(parts[0].strip(), new HashSet<>(List.of(parts[1].strip().split("\\s+"))));
      }
    }
    return sections;
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (Path root : List.of(Path.of("src"), Path.of("../mta-sts-examples/src"))) {
      if (Files.isDirectory(root)) {
        try (Stream<Path> files = Files.walk(root)) {
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> !file.endsWith("CitationsTest.java"))
              .forEach(sources::add);
        }
      }
    }
    return sources;
  }
}
