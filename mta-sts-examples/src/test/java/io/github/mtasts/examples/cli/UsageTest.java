// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "policy",
        "policy --nonsense file",
        "record",
        "record -f missing-file",
        "record -f - v=STSv1",
        "match host.example",
        "match --policy missing-file host.example",
        "check",
        "check -f missing-file",
        "check not..a..name",
        "check --dns nonsense:port example.com",
        "check --dns 127.0.0.1:99999 example.com",
        "check --smtp-port 0 example.com",
        "check --https-port x example.com",
        "check --timeout 0 example.com",
        "check --ca missing-file example.com",
        "send --to ann@example.com",
        "send --from me@sender.example",
        "send --from me --to ann@example.com",
        "send --from me@sender.example --to ann",
        "send --from me@sender.example --to @example.com",
        "send --from me@sender.example --to ann@",
        "send --from me@sender.example --to <ann@example.com>",
        "send --from me@sender.example --to <>",
        "send --from me@sender.example --to ann@not..a..name",
        "send --from me@sender.example --to ann@[nonsense]",
        "send --from me@sender.example --to ann@[192.0.2.256]",
        "send --from me@sender.example --to a,b@example.com",
        "send --from me@sender.example --to ann@example.com missing-file",
        "send --from me@sender.example --to ann@example.com src",
        "send --from me@sender.example --to ann@example.com -",
        "send --from me@sender.example --to ann@example.com one.eml two.eml",
        "send --from me@sender.example --to ann@example.com --smtp-port 0",
        "check --store jdbc:nonsense:x example.com",
        "check --store postgresql://host/db example.com",
        "check --store redis://host example.com",
        "check --store a?b example.com",
        "check --store . example.com",
        "cache",
        "cache list",
        "cache nonsense",
        "cache list --store missing/file",
        "cache list --store x --state bogus",
        "cache list --store x --limit 0",
        "cache show --store x not..a..name",
        "cache refresh example.com",
        "cache import --store target/unused-store missing-file",
        "cache warm --store x",
        "cache warm --store x -f missing-file",
        "cache warm --store x --rate 0 -f -",
        "lab --nonsense",
      })
  void reportsAnInvalidArgumentOnOneLine(String line) {
    CommandRun run = CommandRun.of(line.split(" "));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).singleElement().asString().startsWith("mta-sts: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b@example.com", "a\rb@example.com", "\"a\nb\"@example.com"})
  void refusesAddressesThatWouldInjectSmtpCommands(String address) {
    CommandRun run = CommandRun.of("send", "--from", "me@sender.example", "--to", address);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).singleElement().asString().contains("expected an address");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "check --store jdbc:nonsense://user:s3cret@host/db?password=s3cret example.com",
        "check --store JDBC:nonsense:s3cret example.com",
        "check --stor=jdbc:postgresql://host/db?password=s3cret example.com",
        "check --store postgresql://user:s3cret@host/db example.com",
        "check --store redis:s3cret example.com",
        "check jdbc:postgresql://user:s3cret@host/db",
        "policy jdbc:postgresql://user:s3cret@host/db",
        "policy jdbc:postgresql://user:s3cret@host/db --nonsense",
        "lab jdbc:mariadb://host/db?password=s3cret",
        "jdbc:mariadb://host/db?password=s3cret",
      })
  void hidesPasswordsInUrls(String line) {
    CommandRun run = CommandRun.of(line.split(" "));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).singleElement().asString().doesNotContain("s3cret");
  }

  @Test
  void showsTheUsageWithoutACommand() {
    CommandRun run = CommandRun.of();

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().get(0)).startsWith("Usage: mta-sts");
  }

  @ParameterizedTest
  @ValueSource(strings = {"check", "policy", "record", "match", "send", "cache", "lab"})
  void explainsEachCommand(String command) {
    CommandRun run = CommandRun.of(command, "--help");

    assertThat(run.status()).isZero();
    assertThat(run.out().get(0)).startsWith("Usage: mta-sts " + command);
    assertThat(CommandRun.of("--help").out()).anyMatch(line -> line.contains("  " + command + " "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "show", "purge", "refresh", "export", "import", "warm"})
  void explainsEachCacheCommand(String command) {
    CommandRun run = CommandRun.of("cache", command, "--help");

    assertThat(run.status()).isZero();
    assertThat(run.out().get(0)).startsWith("Usage: mta-sts cache " + command);
    assertThat(CommandRun.of("cache", "--help").out())
        .anyMatch(line -> line.contains("  " + command + " "));
  }

  @Test
  void returnsTheMoreSevereStatus() {
    assertThat(List.of(ExitStatus.FINE, ExitStatus.TEMPORARY, ExitStatus.WRONG))
        .isSortedAccordingTo(Enum::compareTo);
    assertThat(ExitStatus.TEMPORARY.and(ExitStatus.WRONG)).isEqualTo(ExitStatus.WRONG);
    assertThat(ExitStatus.TEMPORARY.and(ExitStatus.FINE)).isEqualTo(ExitStatus.TEMPORARY);
  }
}
