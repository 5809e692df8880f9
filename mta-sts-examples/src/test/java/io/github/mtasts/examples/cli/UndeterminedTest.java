// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import io.github.mtasts.testing.MxServer;
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

/** Commands while it is not known whether a domain has a policy: temporary trouble, status 3. */
class UndeterminedTest {
  @TempDir Path directory;
  @AutoClose private final TestInternet internet = TestInternet.start();

  @BeforeEach
  void addMxHost() {
    internet.mxRecords("example.com", "mx1.example.com", "mx2.example.com");
  }

  @Test
  void writesThatTheStoreDidNotAnswerAndMailWaits() throws Exception {
    CommandRun run = check("--json", "--store", brokenStore(), "example.com");

    assertThat(run.status()).isEqualTo(3);
    Map<String, @Nullable Object> object = run.objects().get(0);
    assertThat(object.get("undetermined"))
        .asInstanceOf(MAP)
        .containsOnlyKeys("cause", "detail", "since", "defers")
        .containsEntry("cause", "store-unavailable")
        .containsEntry("defers", true);
    assertThat(object.get("record")).asInstanceOf(MAP).containsEntry("status", "absent");
    assertThat(object.get("policy")).asInstanceOf(MAP).containsEntry("source", "none");
    assertThat(object.get("problem")).asInstanceOf(MAP).containsEntry("resultType", null);
    assertThat(object.get("mx"))
        .asInstanceOf(LIST)
        .hasSize(2)
        .allSatisfy(
            mx ->
                assertThat(mx)
                    .asInstanceOf(MAP)
                    .containsEntry("requirement", "refused")
                    .containsEntry("listed", false));
  }

  @Test
  void writesThatDnsDidNotAnswerAboutTheRecord() {
    internet.dns().fault("_mta-sts.example.com", TestDns.Fault.SERVFAIL);

    CommandRun run = check("--json", "example.com");

    assertThat(run.status()).isEqualTo(3);
    Map<String, @Nullable Object> object = run.objects().get(0);
    assertThat(object.get("undetermined"))
        .asInstanceOf(MAP)
        .containsEntry("cause", "dns-unavailable")
        .containsEntry("defers", false);
    assertThat(object.get("record")).asInstanceOf(MAP).containsEntry("status", "unavailable");
    assertThat(object.get("mx"))
        .asInstanceOf(LIST)
        .allSatisfy(
            mx -> assertThat(mx).asInstanceOf(MAP).containsEntry("requirement", "opportunistic"));
  }

  @Test
  void saysOnceAsTextWhyMailWaits() throws Exception {
    CommandRun run = check("--store", brokenStore(), "example.com");

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out())
        .contains(
            "  policy    not known, store-unavailable",
            "  mx 10     mx1.example.com  refused",
            "  sender    keeps the message in its queue until it is known whether there is a"
                + " policy")
        .filteredOn(line -> line.contains("expected to find out whether there is one"))
        .hasSize(1);
  }

  @Test
  void defersAMessageAndSaysWhy() throws Exception {
    MxServer mx = internet.mx("mx1.example.com");
    String[] arguments =
        CommandLines.onLoopback(
            internet,
            directory,
            "send",
            List.of("--from", "me@sender.example", "--store", brokenStore()),
            "--json",
            "--to",
            "ann@example.com");

    CommandRun run = CommandRun.withInput("Subject: hello\r\n\r\nHello!\r\n", arguments);

    assertThat(run.status()).isEqualTo(3);
    Map<String, @Nullable Object> object = run.objects().get(0);
    assertThat(object)
        .containsEntry("disposition", "deferred")
        .containsEntry("status", "4.3.0")
        .containsEntry("requirement", "refused");
    assertThat(object.get("attempts"))
        .asInstanceOf(LIST)
        .singleElement()
        .asInstanceOf(MAP)
        .containsEntry("outcome", "refused")
        .extractingByKey("detail")
        .asString()
        .contains("no answer from the store", "keep the message queued");
    assertThat(mx.messages()).isEmpty();
  }

  private CommandRun check(String... more) {
    return CommandRun.of(CommandLines.onLoopback(internet, directory, "check", List.of(), more));
  }

  private String brokenStore() throws IOException {
    return Files.writeString(directory.resolve("broken.db"), "no database at all").toString();
  }
}
