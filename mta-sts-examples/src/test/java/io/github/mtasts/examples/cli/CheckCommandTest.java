// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.PolicyAnswer;
import io.github.mtasts.testing.TestDns;
import io.github.mtasts.testing.TestInternet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {
  private static final String ENFORCE =
      "version: STSv1\nmode: enforce\nmx: *.example.com\nmax_age: 86400\n";

  @TempDir Path directory;
  @AutoClose private final TestInternet internet = TestInternet.start();

  @BeforeEach
  void publish() {
    internet
        .publish("example.com", "20240627092600", ENFORCE)
        .mxRecords("example.com", "mx.example.com");
  }

  @Test
  void writesTheCheckAsOneObject() {
    CommandRun run = check("--json", "example.com");

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    Map<String, @Nullable Object> object = run.objects().get(0);
    assertThat(object)
        .containsOnlyKeys("domain", "record", "policy", "problem", "mx", "warnings")
        .containsEntry("domain", "example.com")
        .containsEntry("problem", null)
        .containsEntry("warnings", List.of());
    assertThat(object.get("record"))
        .asInstanceOf(MAP)
        .containsOnlyKeys("status", "id", "detail")
        .containsEntry("status", "found")
        .containsEntry("id", "20240627092600");
    assertThat(object.get("policy"))
        .asInstanceOf(MAP)
        .containsOnlyKeys("source", "mode", "mx", "maxAge", "fetchedAt", "expiresAt")
        .containsEntry("source", "fetched")
        .containsEntry("mode", "enforce")
        .containsEntry("mx", List.of("*.example.com"))
        .containsEntry("maxAge", 86400L);
    assertThat(mx(object))
        .containsOnlyKeys("host", "preference", "listed", "pattern", "requirement", "tls")
        .containsEntry("host", "mx.example.com")
        .containsEntry("preference", 10L)
        .containsEntry("listed", true)
        .containsEntry("pattern", "*.example.com")
        .containsEntry("requirement", "enforced")
        .containsEntry("tls", null);
  }

  @Test
  void writesNullsForADomainWithoutMtaSts() {
    internet.dns().mx("plain.example", 10, "mail.plain.example");

    CommandRun run = check("--json", "plain.example");

    assertThat(run.status()).isZero();
    Map<String, @Nullable Object> object = run.objects().get(0);
    assertThat(object.get("record")).asInstanceOf(MAP).containsEntry("status", "absent");
    assertThat(object.get("policy"))
        .asInstanceOf(MAP)
        .containsEntry("source", "none")
        .containsEntry("mode", null)
        .containsEntry("mx", List.of())
        .containsEntry("expiresAt", null);
    assertThat(mx(object)).containsEntry("requirement", "opportunistic");
  }

  @Test
  void refusesAnMxHostThatIsNotInThePolicy() {
    CommandRun run = check("--json", "--mx", "mx.attacker.example", "example.com");

    assertThat(run.status()).isEqualTo(1);
    assertThat(mx(run.objects().get(0)))
        .containsEntry("preference", null)
        .containsEntry("listed", false)
        .containsEntry("pattern", null)
        .containsEntry("requirement", "refused");
  }

  @Test
  void reportsAFailedFetch() {
    internet.policyHosts().answer("example.com", PolicyAnswer.status(404));

    CommandRun run = check("--json", "example.com");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.objects().get(0).get("problem"))
        .asInstanceOf(MAP)
        .containsOnlyKeys("resultType", "detail")
        .containsEntry("resultType", "sts-policy-fetch-error");
  }

  @Test
  void fetchesFromNoPrivateAddressUnlessAllowed() {
    CommandRun run =
        CommandRun.of(CommandLines.arguments(internet, directory, "check", "example.com"));

    assertThat(run.status()).isEqualTo(1);
    assertThat(internet.policyHosts().connections()).isZero();
  }

  @Test
  void probesAnMxHostWithATrustedCertificate() {
    MxServer mx = internet.mx("mx.example.com");

    CommandRun run = probe();

    assertThat(run.status()).isZero();
    assertThat(tls(run)).containsEntry("outcome", "trusted").containsEntry("resultType", null);
    assertThat(mx.dialogue()).containsExactly("STARTTLS");
    assertThat(mx.sniSeen()).containsExactly("mx.example.com");
  }

  @Test
  void probesAnMxHostWithAnotherHostsCertificate() {
    internet.mx("mx.example.com", internet.ca().issue("other.example.com"));

    CommandRun run = probe();

    assertThat(run.status()).isEqualTo(1);
    assertThat(tls(run))
        .containsEntry("outcome", "rejected")
        .containsEntry("resultType", "certificate-host-mismatch");
  }

  @Test
  void probesAnMxHostWithoutStartTls() {
    internet.mxWithoutTls("mx.example.com");

    CommandRun run = probe();

    assertThat(run.status()).isEqualTo(1);
    assertThat(tls(run))
        .containsEntry("outcome", "not-offered")
        .containsEntry("resultType", "starttls-not-supported");
  }

  @Test
  void treatsAnUnreachableMxHostAsTemporaryFailure() {
    internet.addressOf("mx.example.com");

    CommandRun run = probe();

    assertThat(run.status()).isEqualTo(3);
    assertThat(tls(run)).containsEntry("outcome", "unreachable").containsEntry("resultType", null);
  }

  @Test
  void reportsAMissingNetworkOnOneLine() {
    internet.dns().faultEverywhere(TestDns.Fault.SERVFAIL);

    CommandRun run = check("example.com");

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).singleElement().asString().contains("DNS does not answer");
  }

  @Test
  void readsManyDomainsFromAFile() {
    CommandRun run =
        CommandRun.withInput(
            "example.com\n\n[192.0.2.1]\nno name at all\n", arguments("--json", "-f", "-"));

    assertThat(run.objects())
        .extracting(object -> object.get("domain"))
        .containsExactly("example.com", "[192.0.2.1]", "no name at all");
    assertThat(run.status()).isEqualTo(1);
  }

  @Test
  void acceptsAnAddressLiteral() {
    CommandRun run = check("[192.0.2.1]");

    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("  sender    delivers to the address itself; MTA-STS does not apply");
  }

  @Test
  void showsItsStepsAsText() {
    CommandRun run = check("example.com");

    assertThat(run.out())
        .contains(
            "example.com",
            "  record    found, id 20240627092600",
            "            mx *.example.com",
            "  mx 10     mx.example.com  enforced, listed by *.example.com",
            "  sender    delivers to mx.example.com, over verified TLS only")
        .anyMatch(line -> line.startsWith("  policy    enforce, fetched, until "));
  }

  @Test
  void explainsARefusalAsText() {
    CommandRun run = check("--mx", "mx.attacker.example", "example.com");

    assertThat(run.out())
        .contains("  sender    keeps the message in its queue: no usable MX host")
        .anyMatch(line -> line.contains("expected an MX host among *.example.com"));
  }

  @Test
  void writesTheOverrideOfADecision() throws IOException {
    CommandRun run =
        check(
            "--json",
            "--mx",
            "mx.attacker.example",
            "--overrides",
            overrides(
                ".example.com skip until=never author=bob reason=x",
                "example.com testing until=2100-01-01T00:00:00Z author=alice reason=\"ticket"
                    + " 4711\""),
            "example.com");

    Map<String, @Nullable Object> object = run.objects().get(0);
    assertThat(object.get("override"))
        .asInstanceOf(MAP)
        .containsExactly(
            entry("appliesTo", "example.com"),
            entry("action", "testing"),
            entry("author", "alice"),
            entry("reason", "ticket 4711"),
            entry("until", "2100-01-01T00:00:00Z"));
    assertThat(object.get("policy")).asInstanceOf(MAP).containsEntry("mode", "enforce");
    assertThat(mx(object)).containsEntry("requirement", "testing").doesNotContainKey("wouldBe");
  }

  @Test
  void looksUpNothingForADomainThatAnOverrideSkips() throws IOException {
    String file = overrides("example.com skip until=never author=alice reason=x");

    CommandRun run = check("--overrides", file, "example.com");

    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains(
            "  policy    none",
            "  override  skip for example.com, by alice, without end, because: x",
            "  mx 10     mx.example.com  opportunistic")
        .anyMatch(line -> line.startsWith("  record    absent: not looked up. Under an override"));
    assertThat(internet.policyHosts().connections()).isZero();
  }

  @Test
  void reportsTheLineOfAnInvalidOverridesFile() throws IOException {
    String file = overrides("# fine", "example.com bogus");

    CommandRun run = check("--overrides", file, "example.com");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .singleElement()
        .asString()
        .contains("line 2: expected skip, testing, enforce, pin or allow-mx, found \"bogus\"");
  }

  @Test
  void reportsEndedOverrides() throws IOException {
    String file = overrides("example.com skip until=2016-12-01T00:00:00Z author=alice reason=x");

    CommandRun run = check("--overrides", file, "example.com");

    assertThat(run.status()).isZero();
    assertThat(run.out()).noneMatch(line -> line.startsWith("  override"));
    assertThat(run.err())
        .containsExactly(
            "mta-sts: "
                + file
                + ": this override has ended and has no effect: skip for example.com, by alice,"
                + " until 2016-12-01T00:00:00Z, because: x");
  }

  @Test
  void showsTheUnblockedRequirementInShadowMode() {
    CommandRun run = check("--json", "--shadow", "--mx", "mx.attacker.example", "example.com");

    assertThat(run.status()).isEqualTo(1);
    assertThat(mx(run.objects().get(0)))
        .containsEntry("requirement", "testing")
        .containsEntry("wouldBe", "refused")
        .containsEntry("listed", false);
    assertThat(check("--shadow", "example.com").out())
        .contains(
            "  mx 10     mx.example.com  shadow mode, would be enforced, listed by *.example.com",
            "  sender    delivers to mx.example.com, whatever the TLS result, and records what"
                + " shadow mode would refuse");
  }

  private String overrides(String... lines) throws IOException {
    return Files.write(directory.resolve("overrides.txt"), List.of(lines)).toString();
  }

  private CommandRun check(String... more) {
    return CommandRun.of(arguments(more));
  }

  private CommandRun probe() {
    return check("--json", "--probe", "example.com");
  }

  private String[] arguments(String... more) {
    return CommandLines.onLoopback(internet, directory, "check", List.of(), more);
  }

  private static Map<Object, @Nullable Object> tls(CommandRun run) {
    return assertThat(mx(run.objects().get(0)).get("tls")).asInstanceOf(MAP).actual();
  }

  private static Map<Object, @Nullable Object> mx(Map<String, @Nullable Object> object) {
    Object only = assertThat(object.get("mx")).asInstanceOf(LIST).hasSize(1).actual().get(0);
    return assertThat(only).asInstanceOf(MAP).actual();
  }
}
