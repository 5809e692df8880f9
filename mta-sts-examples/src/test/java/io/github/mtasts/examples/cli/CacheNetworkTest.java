// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import io.github.mtasts.testing.PolicyAnswer;
import io.github.mtasts.testing.TestDns;
import io.github.mtasts.testing.TestInternet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that share policies through a store. */
class CacheNetworkTest {
  private static final String ENFORCE =
      "version: STSv1\nmode: enforce\nmx: mx.example.com\nmax_age: 86400\n";

  @TempDir Path directory;
  @AutoClose private final TestInternet internet = TestInternet.start();

  @BeforeEach
  void publish() {
    internet
        .publish("example.com", "1", ENFORCE)
        .publish("example.net", "1", ENFORCE)
        .mxRecords("example.com", "mx.example.com");
  }

  @Test
  void checkUsesAStoredPolicyWhenThePolicyHostIsBlocked() {
    assertThat(check("--json", "example.com").objects().get(0).get("policy"))
        .asInstanceOf(MAP)
        .containsEntry("source", "fetched");
    internet.policyHosts().answer("example.com", PolicyAnswer.status(404));
    internet.dns().faultEverywhere(TestDns.Fault.SERVFAIL);

    CommandRun run = check("--json", "--mx", "mx.attacker.example", "example.com");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.objects().get(0).get("policy"))
        .asInstanceOf(MAP)
        .containsEntry("source", "cached-unconfirmed")
        .containsEntry("mode", "enforce");
    assertThat(run.objects().get(0).get("record"))
        .asInstanceOf(MAP)
        .containsEntry("status", "unavailable");
  }

  @Test
  void checkLooksUpTheRecordOfAStoredPolicy() {
    check("example.com");

    CommandRun run = check("--json", "example.com");

    assertThat(run.status()).isZero();
    assertThat(run.objects().get(0).get("record"))
        .asInstanceOf(MAP)
        .containsEntry("status", "found")
        .containsEntry("id", "1");
    assertThat(run.objects().get(0).get("policy"))
        .asInstanceOf(MAP)
        .containsEntry("source", "fetched");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "jdbc:sqlite:"})
  void checkContinuesWithoutAFailingStore(String kind) throws IOException {
    Path broken = Files.writeString(directory.resolve("broken.db"), "no database at all");

    CommandRun run = run("check", "--store", kind + broken, "example.com");

    assertThat(run.status()).isZero();
    assertThat(run.out()).anyMatch(line -> line.startsWith("  policy    enforce, fetched"));
    assertThat(run.err())
        .isNotEmpty()
        .allMatch(line -> line.contains(kind.isEmpty() ? broken + ": " : "jdbc:sqlite:…: "));
  }

  @Test
  void refreshFetchesAChangedPolicyWithTheSameId() {
    check("example.com");
    internet
        .policyHosts()
        .publish("example.com", ENFORCE.replace("mx.example.com", "new.example.com"));

    CommandRun run = cache("refresh", "--json", "example.com");

    assertThat(run.status()).isZero();
    assertThat(run.objects().get(0))
        .containsOnlyKeys("domain", "policy", "problem")
        .containsEntry("problem", null);
    assertThat(run.objects().get(0).get("policy"))
        .asInstanceOf(MAP)
        .containsEntry("source", "fetched")
        .containsEntry("mx", List.of("new.example.com"));
    assertThat(stored("show", "--json", "example.com").objects().get(0))
        .containsEntry("mx", List.of("new.example.com"));
  }

  @Test
  void refreshReportsAFailedFetch() {
    check("example.com");
    internet.policyHosts().answer("example.com", PolicyAnswer.status(500));

    CommandRun run = cache("refresh", "example.com");

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out()).singleElement().asString().contains("Problem since ");
    assertThat(stored("list", "--json", "--state", "failing").objects()).hasSize(1);
  }

  @Test
  void warmStoresThePolicyOfEveryDomainInAFile() {
    CommandRun run =
        withInput(
            "example.com\n\nexample.net\nplain.example\n[192.0.2.1]\n",
            "warm",
            "--rate",
            "1000",
            "-f",
            "-");

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out()).hasSize(5).last().isEqualTo("looked up: 4, with a policy: 2");
    assertThat(run.out())
        .anyMatch(line -> line.startsWith("example.net: enforce, fetched, until "));
    assertThat(stored("list", "--json").objects())
        .extracting(object -> object.get("domain"))
        .containsExactly("example.com", "example.net");
  }

  @Test
  void warmReportsLinesThatAreNotDomains() {
    CommandRun run =
        withInput(
            "example.com\nno domain\n# example.net\nlocalhost\n",
            "warm",
            "--rate",
            "1000",
            "-f",
            "-");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .hasSize(3)
        .contains(
            "mta-sts: -: policy domain: expected a name of two labels or more, such as"
                + " example.com, found \"localhost\"")
        .anyMatch(
            line -> line.startsWith("mta-sts: -: domain name: ") && line.contains("no domain"));
    assertThat(run.out())
        .hasSize(2)
        .last()
        .isEqualTo("looked up: 1, with a policy: 1, not a domain: 3");
  }

  @Test
  void warmWritesTheReasonAsJsonForALineThatIsNotADomain() {
    CommandRun run = withInput("no domain\n", "warm", "--json", "-f", "-");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).isEmpty();
    assertThat(run.objects())
        .singleElement()
        .asInstanceOf(MAP)
        .containsEntry("domain", "no domain")
        .extractingByKey("problem")
        .asInstanceOf(MAP)
        .containsEntry("resultType", null)
        .extractingByKey("detail")
        .asString()
        .startsWith("domain name: expected ");
  }

  @Test
  void warmWritesOnlyObjectsWithJson() {
    internet.policyHosts().answer("example.net", PolicyAnswer.status(404));

    CommandRun run = withInput("example.com\nexample.net\n", "warm", "--json", "-f", "-");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.objects())
        .extracting(object -> object.get("domain"))
        .containsExactlyInAnyOrder("example.com", "example.net");
  }

  @Test
  void warmShowsAProgressBarOnATerminal() throws IOException {
    internet.policyHosts().answer("example.net", PolicyAnswer.status(404));
    String file =
        Files.writeString(directory.resolve("domains"), "example.com\nexample.net\n").toString();

    CommandRun run = CommandRun.inColour(arguments("warm", "-f", file));

    assertThat(String.join("", run.err()))
        .contains("[------------------------------] 0/2")
        .contains("[##############################] 2/2");
    assertThat(run.out()).hasSize(2).last().isEqualTo("looked up: 2, with a policy: 1");
    assertThat(run.out().get(0)).contains("example.net");
    assertThat(String.join("", CommandRun.inColour(arguments("warm", "--json", "-f", file)).err()))
        .isEmpty();
  }

  private CommandRun check(String... more) {
    return run("check", with(List.of("--store", store()), more));
  }

  private CommandRun run(String command, String... more) {
    return CommandRun.of(with(with(List.of(command), network()), more));
  }

  private CommandRun cache(String command, String... more) {
    return CommandRun.of(arguments(command, more));
  }

  private CommandRun withInput(String stdin, String command, String... more) {
    return CommandRun.withInput(stdin, arguments(command, more));
  }

  private CommandRun stored(String command, String... more) {
    return CommandRun.of(with(List.of("cache", command, "--store", store()), more));
  }

  private String[] arguments(String command, String... more) {
    return with(with(List.of("cache", command, "--store", store()), network()), more);
  }

  private String[] network() {
    return with(CommandLines.options(internet, directory), "--allow-private-addresses");
  }

  private String store() {
    return directory.resolve("policies.db").toString();
  }

  private static String[] with(String[] some, String... more) {
    return with(List.of(some), more);
  }

  private static String[] with(List<String> some, String... more) {
    List<String> all = new ArrayList<>(some);
    Collections.addAll(all, more);
    return all.toArray(String[]::new);
  }
}
