// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import static io.github.mtasts.policy.PolicyMode.ENFORCE;
import static io.github.mtasts.policy.PolicyMode.TESTING;
import static io.github.mtasts.testing.MxReaction.hangUp;
import static io.github.mtasts.testing.MxReaction.say;
import static io.github.mtasts.testing.TestInternet.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestInternet;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code check --probe} for several hosts or several addresses. */
class CheckProbeTest {
  @TempDir Path directory;
  @AutoClose private final TestInternet internet = TestInternet.start();

  @Test
  void probesEachMxHost() {
    internet
        .mxRecords("example.com", "good.example.com", "plain.example.com", "gone.example.com")
        .publish("example.com", policy(ENFORCE, "*.example.com"));
    internet.mx("good.example.com");
    internet.mxWithoutTls("plain.example.com");
    internet.addressOf("gone.example.com");

    CommandRun run = probe("--json");

    assertThat(outcomes(run)).containsExactly("trusted", "not-offered", "unreachable");
    assertThat(run.status()).isEqualTo(1);
  }

  @Test
  void probesAHostThatThePolicyDoesNotList() {
    internet
        .mxRecords("example.com", "mx.attacker.example")
        .publish("example.com", policy(ENFORCE, "mx.example.com"));
    MxServer mx = internet.mx("mx.attacker.example");

    CommandRun run = probe("--json");

    assertThat(outcomes(run)).containsExactly("trusted");
    assertThat(run.status()).isEqualTo(1);
    assertThat(mx.dialogue()).containsExactly("STARTTLS");
  }

  @Test
  void triesEachAddressOfAHost() {
    internet.mxRecords("example.com", "mx.example.com");
    internet.addressOf("mx.example.com");
    internet.mx("mx.example.com");

    assertThat(outcomes(probe("--json"))).containsExactly("trusted");
  }

  @Test
  void connectsToNoSpecialAddressUnlessAllowed() {
    internet.mxRecords("example.com", "mx.example.com");
    MxServer mx = internet.mx("mx.example.com");

    CommandRun run =
        CommandRun.of(
            CommandLines.arguments(
                internet, directory, "check", "--json", "--probe", "example.com"));

    assertThat(outcomes(run)).containsExactly("unreachable");
    assertThat(run.objects())
        .singleElement()
        .asString()
        .contains("127.0.0.2 is in 127.0.0.0/8 (loopback)", "--allow-private-addresses");
    assertThat(run.status()).isEqualTo(3);
    assertThat(mx.dialogue()).isEmpty();
  }

  @Test
  void acceptsClearTextWithoutAPolicy() {
    internet.mxRecords("example.com", "mx.example.com").mxWithoutTls("mx.example.com");

    CommandRun run = probe("--json");

    assertThat(outcomes(run)).containsExactly("not-offered");
    assertThat(run.status()).isZero();
  }

  @Test
  void reportsInTestingWhatEnforceWouldRefuse() {
    internet
        .mxRecords("example.com", "mx.example.com")
        .publish("example.com", policy(TESTING, "mx.example.com"))
        .mxWithoutTls("mx.example.com");

    CommandRun run = probe();

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .anyMatch(line -> line.startsWith("            TLS not-offered (starttls-not-supported): "))
        .anyMatch(
            line -> line.startsWith("  sender    delivers to mx.example.com, whatever the TLS"));
  }

  @Test
  void rejectsAHostThatDisconnectsAfterStartTls() {
    internet
        .mxRecords("example.com", "mx.example.com")
        .publish("example.com", policy(ENFORCE, "mx.example.com"))
        .mx("mx.example.com", ScriptedMx.script().on("STARTTLS", say("220 go"), hangUp()));

    assertThat(outcomes(probe("--json"))).containsExactly("rejected");
  }

  private CommandRun probe(String... more) {
    return CommandRun.of(
        CommandLines.onLoopback(
            internet, directory, "check", List.of("--probe", "example.com"), more));
  }

  private static List<Object> outcomes(CommandRun run) {
    Object hosts = assertThat(run.objects()).singleElement().actual().get("mx");
    return assertThat(hosts).asInstanceOf(LIST).actual().stream()
        .map(host -> assertThat(host).asInstanceOf(MAP).actual().get("tls"))
        .map(tls -> assertThat(tls).asInstanceOf(MAP).actual().get("outcome"))
        .map(Objects::requireNonNull)
        .toList();
  }
}
