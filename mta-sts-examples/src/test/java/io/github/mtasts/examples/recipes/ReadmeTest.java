package io.github.mtasts.examples.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");
  private static final List<Path> RECIPES =
      Stream.of("main/java", "test/java", "test/java21")
          .map(root -> Path.of("src", root, "io/github/mtasts/examples/recipes"))
          .toList();

  @Test
  void showsExactlyTheCodeThatIsCompiled() throws IOException {
    List<String> regions = new ArrayList<>();
    for (Path recipes : RECIPES) {
      try (Stream<Path> files = Files.list(recipes)) {
        for (Path file : files.filter(f -> !f.endsWith("ReadmeTest.java")).toList()) {
          regions.addAll(between(Files.readAllLines(file), "// region ", "// endregion"));
        }
      }
    }
    List<String> blocks = between(Files.readAllLines(README), "```java", "```");

    assertThat(blocks).isNotEmpty().containsExactlyInAnyOrderElementsOf(regions);
  }

  @Test
  void isOfReadableLength() throws IOException {
    assertThat(Files.readAllLines(README)).hasSizeBetween(150, 350);
  }

  /** The texts between two marks, moved to the left margin. */
  private static List<String> between(List<String> lines, String begin, String end) {
    List<String> texts = new ArrayList<>();
    List<String> text = new ArrayList<>();
    boolean inside = false;
    for (String line : lines) {
      if (inside && line.strip().equals(end)) {
        texts.add(String.join("\n", text).stripIndent());
        text.clear();
        inside = false;
      } else if (inside) {
        text.add(line);
      } else {
        inside = line.strip().startsWith(begin);
      }
    }
    return texts;
  }
}
