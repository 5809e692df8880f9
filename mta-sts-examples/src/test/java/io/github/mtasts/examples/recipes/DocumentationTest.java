// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.PolicyResolverBuilder;
import io.github.mtasts.mail.MtaStsTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The README and its pages show compiled code, link to what exists and state true defaults. */
class DocumentationTest {
  private static final Path ROOT = Path.of("..");
  private static final Path README = ROOT.resolve("README.md");
  private static final Path DOCS = ROOT.resolve("mta-sts-core/docs");
  private static final int LONGEST_README = 180;

  private static final List<Path> RECIPES =
      Stream.of("main/java", "test/java", "test/java21")
          .map(root -> Path.of("src", root, "io/github/mtasts/examples/recipes"))
          .toList();

  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
  private static final Pattern NO_FILE = Pattern.compile("[a-z]+:.*");
  private static final Pattern CODE = Pattern.compile("`[^`]*`");
  private static final Pattern NO_PLAIN_WORD =
      Pattern.compile(
          "\\b(in-?flight|flights?|airport|courier|vigil|letterhead|ledger|errand|whoever)\\b",
          Pattern.CASE_INSENSITIVE);

  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    pages.add(README);
    pages.add(ROOT.resolve("CHANGELOG.md"));
    pages.add(ROOT.resolve("mta-sts-examples/README.md"));
    try (Stream<Path> docs = Files.list(DOCS)) {
      docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }

  @Test
  void showsEveryRegionOfCode() throws IOException {
    List<String> blocks = new ArrayList<>();
    for (Path page : pages()) {
      blocks.addAll(blocks(page));
    }

    assertThat(blocks).isNotEmpty().containsAll(regions());
  }

  @ParameterizedTest
  @MethodSource("pages")
  void showsOnlyCodeThatIsCompiled(Path page) throws IOException {
    assertThat(regions()).isNotEmpty().containsAll(blocks(page));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksOnlyToFilesAndHeadingsThatExist(Path page) throws IOException {
    assertThat(links(page)).allSatisfy(link -> assertResolves(page, link));
  }

  @Test
  void linksToEveryPageFromTheReadme() throws IOException {
    Set<Path> linked = new HashSet<>();
    for (String link : links(README)) {
      linked.add(target(README, link));
    }

    assertThat(linked).containsAll(pages().stream().skip(1).map(Path::normalize).toList());
  }

  @Test
  void keepsTheReadmeShort() throws IOException {
    assertThat(Files.readAllLines(README)).hasSizeBetween(80, LONGEST_README);
  }

  @ParameterizedTest
  @MethodSource("pages")
  void usesPlainWords(Path page) throws IOException {
    assertThat(Files.readAllLines(page).stream().filter(NO_PLAIN_WORD.asPredicate())).isEmpty();
  }

  @Test
  void statesTheDefaultsOfTheBuilder() throws IOException {
    assertThat(Files.readAllLines(DOCS.resolve("operating.md")))
        .anyMatch(row("dnsDeadline", PolicyResolverBuilder.DEFAULT_DNS_DEADLINE_SECONDS + " s"))
        .anyMatch(row("fetchDeadline", PolicyResolverBuilder.DEFAULT_FETCH_DEADLINE_SECONDS + " s"))
        .anyMatch(row("policyHostPort", "" + PolicyResolverBuilder.DEFAULT_POLICY_HOST_PORT))
        .anyMatch(
            row("recordRecheckFloor", PolicyResolverBuilder.DEFAULT_RECORD_FLOOR_SECONDS + " s"))
        .anyMatch(
            row(
                "recordRecheckCeiling",
                PolicyResolverBuilder.DEFAULT_RECORD_CEILING_SECONDS + " s"))
        .anyMatch(
            row(
                "negativeTtl",
                PolicyResolverBuilder.DEFAULT_NEGATIVE_LEAST_SECONDS
                    + " s to "
                    + PolicyResolverBuilder.DEFAULT_NEGATIVE_MOST_SECONDS
                    + " s"))
        .anyMatch(
            row(
                "fetchBackOff",
                PolicyResolverBuilder.DEFAULT_BACK_OFF_LEAST_SECONDS
                    + " s to "
                    + PolicyResolverBuilder.DEFAULT_BACK_OFF_MOST_SECONDS
                    + " s"))
        .anyMatch(
            row(
                "memory",
                PolicyResolverBuilder.DEFAULT_ENFORCE_POLICIES
                    + ", "
                    + PolicyResolverBuilder.DEFAULT_OTHER_POLICIES
                    + ", "
                    + PolicyResolverBuilder.DEFAULT_NEGATIVE_ANSWERS))
        .anyMatch(row("storeDeadline", PolicyResolverBuilder.DEFAULT_STORE_DEADLINE_MILLIS + " ms"))
        .anyMatch(
            row(
                "refreshUsedWithin",
                PolicyResolverBuilder.DEFAULT_REFRESH_USED_WITHIN_DAYS + " days"))
        .anyMatch(
            row("refreshesPerSecond", "" + PolicyResolverBuilder.DEFAULT_REFRESHES_PER_SECOND))
        .anyMatch(row("concurrentLookups", "" + PolicyResolverBuilder.DEFAULT_CONCURRENT_LOOKUPS))
        .anyMatch(row("concurrentFetches", "" + PolicyResolverBuilder.DEFAULT_CONCURRENT_FETCHES));
  }

  @Test
  void statesTheDefaultsOfTheTransport() throws IOException {
    assertThat(Files.readAllLines(DOCS.resolve("recipes.md")))
        .anyMatch(row("mail.mta-sts.port", "" + MtaStsTransport.DEFAULT_PORT))
        .anyMatch(
            row(
                "mail.mta-sts.connectiontimeout",
                MtaStsTransport.DEFAULT_CONNECTION_TIMEOUT_MILLIS + " ms"))
        .anyMatch(row("mail.mta-sts.timeout", MtaStsTransport.DEFAULT_TIMEOUT_MILLIS + " ms"))
        .anyMatch(
            row(
                "mail.mta-sts.deliverytimeout",
                MtaStsTransport.DEFAULT_DELIVERY_TIMEOUT_MILLIS + " ms"));
  }

  private static Predicate<String> row(String option, String value) {
    return line -> line.startsWith("| `" + option + "` | " + value + " |");
  }

  private static List<String> regions() throws IOException {
    List<String> regions = new ArrayList<>();
    for (Path recipes : RECIPES) {
      try (Stream<Path> files = Files.list(recipes)) {
        for (Path file : files.filter(f -> !f.endsWith("DocumentationTest.java")).toList()) {
          regions.addAll(between(Files.readAllLines(file), "// region ", "// endregion"));
        }
      }
    }
    return regions;
  }

  private static List<String> blocks(Path page) throws IOException {
    return between(Files.readAllLines(page), "```java", "```");
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

  private static List<String> links(Path page) throws IOException {
    List<String> links = new ArrayList<>();
    for (String line : prose(page)) {
      Matcher link = LINK.matcher(line);
      while (link.find()) {
        if (!NO_FILE.matcher(link.group(1)).matches()) {
          links.add(link.group(1));
        }
      }
    }
    return links;
  }

  private static void assertResolves(Path page, String link) throws IOException {
    Path target = target(page, link);
    assertThat(target).exists();
    int anchor = link.indexOf('#');
    if (anchor >= 0) {
      assertThat(anchors(target)).contains(link.substring(anchor + 1));
    }
  }

  /** An anchor alone is one of the page itself. */
  private static Path target(Path page, String link) {
    String file = link.replaceFirst("#.*", "");
    return (file.isEmpty() ? page : page.resolveSibling(file)).normalize();
  }

  /** The anchors that GitHub makes of headings; two equal headings on a page are a mistake. */
  private static Set<String> anchors(Path page) throws IOException {
    Set<String> anchors = new HashSet<>();
    for (String line : prose(page)) {
      if (line.matches("#{1,6} .*")) {
        String anchor =
            line.replaceFirst("#+ ", "")
                .strip()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
        assertThat(anchors.add(anchor)).as("%s: heading %s once", page, anchor).isTrue();
      }
    }
    return anchors;
  }

  /** The lines outside code blocks, with inline code replaced: brackets in code are no links. */
  private static List<String> prose(Path page) throws IOException {
    List<String> prose = new ArrayList<>();
    boolean inside = false;
    for (String line : Files.readAllLines(page)) {
      if (line.startsWith("```")) {
        inside = !inside;
      } else if (!inside) {
        prose.add(line.startsWith("#") ? line : CODE.matcher(line).replaceAll("code"));
      }
    }
    return prose;
  }
}
