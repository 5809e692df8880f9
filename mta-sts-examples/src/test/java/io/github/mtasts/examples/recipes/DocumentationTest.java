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

/**
 * The README and its pages show compiled code, link to what exists, and state the defaults,
 * versions, loggers and packages of the code.
 */
class DocumentationTest {
  private static final Path ROOT = Path.of("..");
  private static final Path README = ROOT.resolve("README.md");
  private static final Path DOCS = ROOT.resolve("mta-sts-core/docs");
  private static final Path CONTRIBUTING = ROOT.resolve(".github/CONTRIBUTING.md");
  private static final Path SOURCES = ROOT.resolve("mta-sts-core/src/main/java");
  private static final Path BASE_PACKAGE = SOURCES.resolve("io/github/mtasts");

  private static final List<Path> RECIPES =
      Stream.of("main/java", "test/java", "test/java21")
          .map(root -> Path.of("src", root, "io/github/mtasts/examples/recipes"))
          .toList();

  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
  private static final Pattern NO_FILE = Pattern.compile("[a-z]+:.*");
  private static final Pattern CODE = Pattern.compile("`[^`]*`");
  private static final Pattern LOGGER =
      Pattern.compile("System\\.getLogger\\((?:\"([^\"]+)\"|\\w+\\.class\\.getName\\(\\))\\)");
  private static final Pattern ARTIFACT =
      Pattern.compile("\\| `([^`:]+):([^`:]+)` \\| ([^ |]+) \\|.*");
  private static final Pattern EXPORT =
      Pattern.compile("\\bexports io\\.github\\.mtasts\\.(\\S+);");

  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    pages.add(README);
    pages.add(ROOT.resolve("CHANGELOG.md"));
    pages.add(ROOT.resolve("mta-sts-examples/README.md"));
    pages.add(CONTRIBUTING);
    pages.add(ROOT.resolve(".github/SECURITY.md"));
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
  void namesEveryLogger() throws IOException {
    Set<String> loggers = new HashSet<>();
    for (Path file : javaFiles()) {
      Matcher logger = LOGGER.matcher(Files.readString(file));
      while (logger.find()) {
        String name = logger.group(1);
        loggers.add(
            name == null
                ? SOURCES.relativize(file).toString().replace(".java", "").replace('/', '.')
                : name);
      }
    }

    String section = section(DOCS.resolve("operating.md"), "## Loggers");
    assertThat(loggers)
        .hasSizeGreaterThan(3)
        .allSatisfy(name -> assertThat(section).contains(name));
    assertThat(Pattern.compile("`(io\\.github\\.mtasts\\.[^`]+)`").matcher(section).results())
        .extracting(name -> name.group(1))
        .hasSameElementsAs(loggers);
  }

  @Test
  void statesTheVersionsOfLibraries() throws IOException {
    String managed = Files.readString(ROOT.resolve("pom.xml"));
    List<Matcher> rows =
        Stream.of(
                section(README, "## Install"),
                section(DOCS.resolve("recipes.md"), "## Testing your mailer"))
            .flatMap(String::lines)
            .map(ARTIFACT::matcher)
            .filter(Matcher::matches)
            .toList();

    assertThat(rows).hasSize(9);
    for (Matcher row : rows) {
      String group = row.group(1).replace("org.junit.jupiter", "org.junit"); // the BOM's group
      assertThat(managedVersions(managed, group)).as(row.group()).containsOnly(row.group(3));
    }
  }

  /** The versions of a group's artifacts; each is a property of the pom. */
  private static Set<String> managedVersions(String pom, String group) {
    Set<String> versions = new HashSet<>();
    Pattern.compile(
            "<groupId>"
                + Pattern.quote(group)
                + "</groupId>\\s*<artifactId>[^<]*</artifactId>\\s*<version>\\$\\{([^}]+)}")
        .matcher(pom)
        .results()
        .map(property -> Pattern.compile("<" + Pattern.quote(property.group(1)) + ">([^<]+)<"))
        .flatMap(property -> property.matcher(pom).results())
        .forEach(version -> versions.add(version.group(1)));
    return versions;
  }

  @Test
  void describesEveryPackageToContributors() throws IOException {
    String exports = Files.readString(SOURCES.resolve("module-info.java"));
    Set<String> exported = new HashSet<>();
    EXPORT.matcher(exports).results().forEach(export -> exported.add(export.group(1)));
    Set<String> internal = new HashSet<>();
    for (Path file : javaFiles()) {
      String name = BASE_PACKAGE.relativize(file.getParent()).toString().replace('/', '.');
      if (file.startsWith(BASE_PACKAGE) && !name.isEmpty() && !exported.contains(name)) {
        internal.add(name);
      }
    }

    List<String> rows =
        section(CONTRIBUTING, "## Layout").lines().filter(line -> line.startsWith("| `")).toList();
    assertThat(namesIn(rows.stream().filter(row -> row.contains("` (internal) |"))))
        .isEqualTo(internal);
    assertThat(namesIn(rows.stream().filter(row -> !row.contains("` (internal) |"))))
        .isEqualTo(exported);
  }

  /** The names in the first column of a table. */
  private static Set<String> namesIn(Stream<String> rows) {
    Set<String> names = new HashSet<>();
    rows.map(row -> row.substring(0, row.indexOf('|', 1)))
        .flatMap(cell -> Pattern.compile("`([^`]+)`").matcher(cell).results())
        .forEach(name -> names.add(name.group(1)));
    return names;
  }

  private static List<Path> javaFiles() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  /** The text under a heading, up to the next one of the same level. */
  private static String section(Path page, String heading) throws IOException {
    String text = Files.readString(page);
    int begin = text.indexOf(heading + "\n");
    assertThat(begin).as("%s in %s", heading, page).isNotNegative();
    int end = text.indexOf("\n## ", begin + 1);
    return text.substring(begin, end < 0 ? text.length() : end);
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
