// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.json.PolicyLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The {@code cache} commands that need no network. */
class CacheCommandTest {
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private final Instant fetched = now.minusSeconds(3600);
  private final StoredPolicy enforce = policy("a.example", PolicyMode.ENFORCE);
  private final StoredPolicy testing = policy("b.example", PolicyMode.TESTING);
  private final StoredPolicy failing =
      policy("c.example", PolicyMode.NONE)
          .failedWith(
              Optional.of(
                  new StoredFailure(
                      now.minusSeconds(60),
                      2,
                      now.plusSeconds(600),
                      Optional.of(ResultType.STS_WEBPKI_INVALID),
                      "expected a certificate, found \u001b[2J")));

  @TempDir Path directory;

  @BeforeEach
  void importPolicies() {
    CommandRun run = importing(enforce, testing, failing);
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).containsExactly("imported: 3, expired or not newer: 0, unreadable: 0");
  }

  private StoredPolicy policy(String domain, PolicyMode mode) {
    return new StoredPolicy(
        domain,
        "7",
        "version: STSv1\r\nmode: " + mode.label() + "\r\nmx: *.x.example\r\nmax_age: 86400\r\n",
        mode,
        fetched,
        fetched.plusSeconds(86_400),
        fetched.plusSeconds(5),
        Optional.empty());
  }

  @Test
  void listsInColumns() {
    CommandRun run = cache("list");

    String times = "%s  %s  %s".formatted(fetched, fetched.plusSeconds(86_400), lastUsed());
    assertThat(run.out())
        .containsExactly(
            "DOMAIN     STATE       FETCHED               EXPIRES               LAST USED"
                + "             NOTE",
            "a.example  enforce     " + times,
            "b.example  testing     " + times,
            "c.example  none        "
                + times
                + "  2 failures in a row, sts-webpki-invalid: expected a certificate, found"
                + " \\u001b[2J");
    assertThat(run.status()).isZero();
  }

  private Instant lastUsed() {
    return fetched.plusSeconds(5);
  }

  @Test
  void listsAsObjects() {
    CommandRun run = cache("list", "--json");

    assertThat(run.objects()).hasSize(3);
    assertThat(run.objects().get(0))
        .containsExactly(
            entry("domain", "a.example"),
            entry("state", "enforce"),
            entry("id", "7"),
            entry("mode", "enforce"),
            entry("fetchedAt", fetched.toString()),
            entry("expiresAt", fetched.plusSeconds(86_400).toString()),
            entry("lastUsedAt", lastUsed().toString()),
            entry("lastFailure", null),
            entry("unreadable", null));
    assertThat(run.objects().get(2).get("lastFailure"))
        .asInstanceOf(MAP)
        .containsOnlyKeys("at", "failures", "retryAt", "resultType", "detail")
        .containsEntry("failures", 2L)
        .containsEntry("resultType", "sts-webpki-invalid");
  }

  @Test
  void listsByStateAndInPages() {
    assertThat(domains(cache("list", "--json", "--state", "testing"))).containsExactly("b.example");
    assertThat(domains(cache("list", "--json", "--state", "failing"))).containsExactly("c.example");
    assertThat(domains(cache("list", "--json", "--limit", "2")))
        .containsExactly("a.example", "b.example");
    assertThat(domains(cache("list", "--json", "--after", "b.example")))
        .containsExactly("c.example");
    assertThat(cache("list", "--limit", "1").out())
        .last()
        .isEqualTo("there may be more; continue with --after a.example");
    assertThat(cache("list", "--state", "expired").out())
        .containsExactly("no stored policy matches");
  }

  @Test
  void counts() {
    assertThat(cache("list", "--summary", "--json").objects())
        .containsExactly(
            Map.of(
                "enforce",
                1L,
                "testing",
                1L,
                "none",
                1L,
                "expired",
                0L,
                "failing",
                1L,
                "unreadable",
                0L));
    assertThat(cache("list", "--summary").out()).contains("  enforce     1", "  unreadable  0");
  }

  @Test
  void showsEverythingStoredForADomain() {
    CommandRun run = cache("show", "A.Example.");

    assertThat(run.out())
        .containsExactly(
            "a.example",
            "  state     enforce",
            "  id        7",
            "  fetched   " + fetched,
            "  expires   " + fetched.plusSeconds(86_400),
            "  last used " + lastUsed(),
            "  text      version: STSv1",
            "            mode: enforce",
            "            mx: *.x.example",
            "            max_age: 86400",
            "  because   MTA-STS policy of a.example (mode enforce, fetched "
                + fetched
                + ", valid until "
                + fetched.plusSeconds(86_400)
                + ").",
            "  sender    delivers only to listed MX hosts, over verified TLS only");
    assertThat(run.status()).isZero();
    assertThat(cache("show", "c.example").out())
        .anyMatch(line -> line.startsWith("  failure   ") && line.contains("\\u001b[2J"));
  }

  @Test
  void showsEverythingAsAnObject() {
    Map<String, @Nullable Object> object = cache("show", "--json", "a.example").objects().get(0);

    assertThat(object)
        .containsEntry("state", "enforce")
        .containsEntry("text", enforce.text())
        .containsEntry("mx", List.of("*.x.example"))
        .doesNotContainKey("override")
        .containsEntry("sender", "delivers only to listed MX hosts, over verified TLS only")
        .hasSize(13);
  }

  @Test
  void showingDoesNotCountAsUse() {
    cache("show", "a.example");

    assertThat(cache("list", "--json").objects().get(0))
        .containsEntry("lastUsedAt", lastUsed().toString());
  }

  @Test
  void showsTheOverrideThatChangesTheDecision() throws IOException {
    Path overrides =
        Files.writeString(
            directory.resolve("overrides"),
            "a.example testing until=never author=alice reason=\"ticket 4711\"\n");

    CommandRun run = cache("show", "--overrides", overrides.toString(), "a.example");

    assertThat(run.out())
        .contains("  override  testing for a.example, by alice, without end, because: ticket 4711")
        .contains(
            "  sender    delivers to any MX host, whatever the TLS result, and records what"
                + " enforce would refuse")
        .anyMatch(line -> line.startsWith("  because   Under an override ("));
    assertThat(cache("show", "--shadow", "a.example").out())
        .contains(
            "  sender    delivers to any MX host, whatever the TLS result, and records what"
                + " shadow mode would refuse");
  }

  @Test
  void reportsThatNothingIsStored() {
    CommandRun run = cache("show", "unknown.example", "a.example");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).containsExactly("mta-sts: unknown.example: nothing is stored");
    assertThat(run.out()).contains("a.example");
  }

  @Test
  void purgesTheNamedDomains() {
    assertThat(cache("purge", "a.example", "unknown.example").out())
        .containsExactly("a.example: removed", "unknown.example: not in the store");
    assertThat(cache("purge", "--json", "b.example").objects())
        .containsExactly(Map.of("domain", "b.example", "purged", true));
    assertThat(domains(cache("list", "--json"))).containsExactly("c.example");
  }

  @Test
  void purgesAllOnlyWithTheOptionAll() {
    assertThat(cache("purge").status()).isEqualTo(2);
    assertThat(cache("purge", "--all", "a.example").status()).isEqualTo(2);
    assertThat(cache("list", "--json").objects()).hasSize(3);

    assertThat(cache("purge", "--all").out()).containsExactly("removed: 3");

    assertThat(cache("list").out()).containsExactly("no stored policy matches");
  }

  @Test
  void exportsAndImportsPolicies() throws IOException {
    Path file = directory.resolve("policies.jsonl");
    assertThat(cache("export", file.toString()).out())
        .containsExactly("exported to " + file + ": 3");
    assertThat(Files.readAllLines(file)).first().isEqualTo(PolicyLines.write(enforce));
    assertThat(Files.exists(Path.of(file + ".part"))).isFalse();
    assertThat(cache("export").out()).isEqualTo(Files.readAllLines(file));

    String sqlite = "jdbc:sqlite:" + directory.resolve("other.db");
    CommandRun run = CommandRun.of("cache", "import", "--json", "--store", sqlite, file.toString());

    assertThat(run.err()).isEmpty();
    assertThat(run.objects())
        .hasSize(3)
        .allSatisfy(object -> assertThat(object).containsEntry("outcome", "imported"));
    assertThat(CommandRun.of("cache", "export", "--store", sqlite).out())
        .isEqualTo(Files.readAllLines(file));
  }

  @Test
  void importsValidLinesAndReportsInvalidOnes() {
    StoredPolicy mode =
        new StoredPolicy(
            "d.example",
            "7",
            enforce.text(),
            PolicyMode.NONE,
            fetched,
            fetched.plusSeconds(60_000),
            fetched,
            Optional.empty());
    String lines =
        Stream.of(
                PolicyLines.write(policy("new.example", PolicyMode.ENFORCE)),
                "{\"version\":1,\u001b",
                PolicyLines.write(enforce),
                PolicyLines.write(mode))
            .collect(Collectors.joining("\n"));

    CommandRun run =
        CommandRun.withInput(lines, "cache", "import", "--json", "--store", store(), "-");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.objects())
        .extracting(object -> object.get("outcome"))
        .containsExactly("imported", "unreadable", "skipped", "skipped");
    assertThat(run.objects().get(1)).containsEntry("line", 2L).containsEntry("domain", null);
    assertThat(run.err()).hasSize(2);
    assertThat(run.err().get(0)).startsWith("mta-sts: -, line 2: JSON: ").doesNotContain("\u001b");
    assertThat(run.err().get(1)).contains("stored for d.example: mode: expected enforce");
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "show a.example", "purge --all", "export"})
  void createsNoStoreOnReading(String command) {
    Path missing = directory.resolve("missing");

    CommandRun run = CommandRun.of(("cache " + command + " --store " + missing).split(" "));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).containsExactly("mta-sts: --store " + missing + ": no such file");
    assertThat(missing).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdbc:sqlite:FILE", "jdbc:sqlite:file:FILE?mode=rwc"})
  void createsNoStoreOnReadingByUrl(String url) {
    Path file = directory.resolve("mistyped");
    String store = url.replace("FILE", file.toString());

    CommandRun run = CommandRun.of("cache", "list", "--store", store);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).singleElement().asString().endsWith(":…: no such file");
    assertThat(file).doesNotExist();
    CommandRun.withInput(PolicyLines.write(enforce), "cache", "import", "--store", store, "-");
    assertThat(CommandRun.of("cache", "list", "--store", store).status()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"show, localhost", "purge, [192.0.2.1]"})
  void refusesInvalidDomainsBeforeAnyOperation(String command, String invalid) {
    CommandRun run = cache(command, "a.example", invalid);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).singleElement().asString().startsWith("mta-sts: policy domain: expected");
    assertThat(cache("show", "a.example").status()).isZero();
  }

  private String store() {
    return directory.resolve("policies.db").toString();
  }

  private CommandRun importing(StoredPolicy... policies) {
    String lines = Stream.of(policies).map(PolicyLines::write).collect(Collectors.joining("\n"));
    return CommandRun.withInput(lines, "cache", "import", "--store", store(), "-");
  }

  private CommandRun cache(String command, String... more) {
    List<String> arguments = new ArrayList<>(List.of("cache", command, "--store", store()));
    Collections.addAll(arguments, more);
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private static List<@Nullable Object> domains(CommandRun run) {
    return run.objects().stream().<@Nullable Object>map(object -> object.get("domain")).toList();
  }
}
