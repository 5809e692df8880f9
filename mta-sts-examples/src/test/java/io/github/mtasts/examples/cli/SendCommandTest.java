// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import static io.github.mtasts.policy.PolicyMode.ENFORCE;
import static io.github.mtasts.testing.MxReaction.hangUp;
import static io.github.mtasts.testing.MxReaction.say;
import static io.github.mtasts.testing.TestInternet.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestDns;
import io.github.mtasts.testing.TestInternet;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SendCommandTest {
  private static final String MESSAGE = "Subject: hello\r\n\r\nHello!\r\n";

  @TempDir Path directory;
  @AutoClose private final TestInternet internet = TestInternet.start();

  @Test
  void writesADeliveryAsOneObject() {
    MxServer mx = enforcing("example.com", "mx.example.com");

    CommandRun run = send("--json", "--to", "ann@example.com");

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    Map<String, @Nullable Object> object = only(run);
    assertThat(object)
        .containsOnlyKeys("domain", "disposition", "requirement", "mx", "status", "attempts")
        .containsEntry("domain", "example.com")
        .containsEntry("disposition", "delivered")
        .containsEntry("requirement", "enforced")
        .containsEntry("mx", "mx.example.com")
        .containsEntry("status", "2.0.0");
    assertThat(attempt(object, 0))
        .containsOnlyKeys("mx", "address", "outcome", "detail")
        .containsEntry("mx", "mx.example.com")
        .containsEntry("address", "127.0.0.2")
        .containsEntry("outcome", "delivered");
    assertThat(mx.messages())
        .singleElement()
        .satisfies(
            mail -> {
              assertThat(mail.from()).isEqualTo("me@sender.example");
              assertThat(mail.recipients()).containsExactly("ann@example.com");
              assertThat(mail.text()).isEqualTo(MESSAGE);
              assertThat(mail.isOverTls()).isTrue();
            });
  }

  @Test
  void writesOneObjectPerDomain() {
    MxServer here = enforcing("example.com", "mx.example.com");
    internet.mxRecords("example.org", "mx.example.org");
    MxServer there = internet.mxWithoutTls("mx.example.org");

    CommandRun run =
        send("--json", "--to", "a@example.com", "--to", "b@example.org", "--to", "c@example.com");

    assertThat(run.status()).isZero();
    assertThat(run.objects())
        .extracting(object -> object.get("domain"))
        .containsExactly("example.com", "example.org");
    assertThat(here.messages())
        .singleElement()
        .satisfies(
            mail ->
                assertThat(mail.recipients()).containsExactly("a@example.com", "c@example.com"));
    assertThat(there.messages()).hasSize(1);
  }

  @Test
  void sendsOnceToARepeatedRecipient() {
    MxServer mx = enforcing("example.com", "mx.example.com");

    send("--to", "ann@example.com", "--to", "ann@EXAMPLE.com.");

    assertThat(mx.messages())
        .singleElement()
        .satisfies(mail -> assertThat(mail.recipients()).containsExactly("ann@example.com"));
  }

  @Test
  void sendsBouncesWithANullSender() {
    MxServer mx = enforcing("example.com", "mx.example.com");

    CommandRun run =
        CommandRun.withInput(
            MESSAGE,
            CommandLines.onLoopback(
                internet, directory, "send", List.of("--from", "<>"), "--to", "ann@example.com"));

    assertThat(run.status()).isZero();
    assertThat(mx.messages()).singleElement().satisfies(mail -> assertThat(mail.from()).isEmpty());
  }

  @Test
  void refusesAnMxHostThatThePolicyDoesNotList() {
    internet
        .mxRecords("example.com", "mx.attacker.example")
        .publish("example.com", policy(ENFORCE, "mx.example.com"));
    MxServer attacker = internet.mx("mx.attacker.example");

    CommandRun run = send("--json", "--to", "ann@example.com");

    assertThat(run.status()).isEqualTo(3);
    assertThat(only(run))
        .containsEntry("disposition", "deferred")
        .containsEntry("requirement", "refused");
    assertThat(attempt(only(run), 0))
        .containsEntry("outcome", "refused")
        .containsEntry("address", null);
    assertThat(attacker.dialogue()).isEmpty();
  }

  @Test
  void sendsNothingInEnforceWithoutStartTls() {
    internet
        .mxRecords("example.com", "mx.example.com")
        .publish("example.com", policy(ENFORCE, "mx.example.com"));
    MxServer mx = internet.mxWithoutTls("mx.example.com");

    CommandRun run = send("--json", "--to", "ann@example.com");

    assertThat(run.status()).isEqualTo(3);
    assertThat(only(run)).containsEntry("disposition", "deferred");
    assertThat(attempt(only(run), 0)).containsEntry("outcome", "tls-failed");
    assertThat(mx.dialogue()).isEmpty();
  }

  @Test
  void returnsTemporaryFailureWhenTheServerDefers() {
    scripted("example.com", ScriptedMx.script().on("RCPT", say("450 4.2.1 try later")));

    CommandRun run = send("--json", "--to", "ann@example.com");

    assertThat(run.status()).isEqualTo(3);
    assertThat(only(run))
        .containsEntry("disposition", "deferred")
        .containsEntry("requirement", "opportunistic")
        .containsEntry("status", "4.2.1");
    assertThat(attempt(only(run), 0)).containsEntry("outcome", "deferred");
  }

  @Test
  void returnsFailureWhenTheServerRefusesPermanently() {
    scripted("example.com", ScriptedMx.script().on("RCPT", say("550 5.1.1 no such user")));

    CommandRun run = send("--json", "--to", "ann@example.com");

    assertThat(run.status()).isEqualTo(1);
    assertThat(only(run)).containsEntry("disposition", "failed").containsEntry("status", "5.1.1");
    assertThat(attempt(only(run), 0)).containsEntry("outcome", "failed");
  }

  @Test
  void returnsFailureWhenAnotherDomainIsOnlyDeferred() {
    scripted("failing.example", ScriptedMx.script().on("DATA", say("554 5.7.1 spam")));
    scripted("waiting.example", ScriptedMx.script().onConnect(say("421 4.3.2 busy"), hangUp()));
    enforcing("example.com", "mx.example.com");

    CommandRun run =
        send(
            "--json",
            "--to",
            "a@failing.example",
            "--to",
            "b@waiting.example",
            "--to",
            "c@example.com");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.objects())
        .extracting(object -> object.get("disposition"))
        .containsExactly("failed", "deferred", "delivered");
  }

  @Test
  void triesTheNextMxHost() {
    internet.mxRecords("example.com", "gone.example.com", "mx.example.com");
    internet.addressOf("gone.example.com");
    MxServer mx = internet.mx("mx.example.com");

    CommandRun run = send("--json", "--to", "ann@example.com");

    assertThat(run.status()).isZero();
    assertThat(attempt(only(run), 0)).containsEntry("outcome", "unreachable");
    assertThat(attempt(only(run), 1)).containsEntry("outcome", "delivered");
    assertThat(mx.messages()).hasSize(1);
  }

  @Test
  void sendsToAnAddressLiteral() {
    MxServer mx = internet.mxWithoutTls("mx.example.com");

    CommandRun run = send("--to", "ann@[127.0.0.2]");

    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("[127.0.0.2]", "  delivered ann@[127.0.0.2]");
    assertThat(mx.messages()).hasSize(1);
  }

  @Test
  void reportsOnStderrWhyThereWasNoAttempt() {
    internet.dns().faultEverywhere(TestDns.Fault.SERVFAIL);

    CommandRun run = send("--json", "--to", "ann@example.com");

    assertThat(run.status()).isEqualTo(3);
    assertThat(only(run))
        .containsEntry("requirement", null)
        .containsEntry("mx", null)
        .containsEntry("attempts", List.of());
    assertThat(run.err()).singleElement().asString().contains("expected an answer from DNS");
  }

  @Test
  void connectsToNoPrivateAddressUnlessAllowed() {
    internet.mxRecords("example.com", "mx.example.com");
    MxServer mx = internet.mx("mx.example.com");

    CommandRun run =
        CommandRun.withInput(
            MESSAGE,
            CommandLines.arguments(
                internet,
                directory,
                "send",
                "--json",
                "--from",
                "me@sender.example",
                "--to",
                "a@example.com"));

    assertThat(run.status()).isEqualTo(3);
    assertThat(attempt(only(run), 0)).containsEntry("outcome", "unreachable");
    assertThat(mx.dialogue()).isEmpty();
  }

  @Test
  void showsADeliveryAsText() {
    enforcing("example.com", "mx.example.com");

    CommandRun run = send("--to", "ann@example.com", "--to", "bob@example.com");

    assertThat(run.out())
        .startsWith("example.com", "  mx        mx.example.com 127.0.0.2  enforced, delivered")
        .containsSequence(
            "  delivered ann@example.com", "  delivered bob@example.com", "  status    2.0.0")
        .anyMatch(line -> line.startsWith("            Mail for example.com was delivered: "));
  }

  @Test
  void showsARefusalByThePolicyAsText() {
    internet
        .mxRecords("example.com", "mx.attacker.example")
        .publish("example.com", policy(ENFORCE, "mx.example.com"));

    CommandRun run = send("--to", "ann@example.com");

    assertThat(run.out())
        .startsWith("example.com", "  mx        mx.attacker.example  refused, not contacted")
        .contains("  deferred  ann@example.com")
        .anyMatch(line -> line.contains("expected an MX host among mx.example.com"));
  }

  private MxServer enforcing(String domain, String mx) {
    internet.mxRecords(domain, mx).publish(domain, policy(ENFORCE, mx));
    return internet.mx(mx);
  }

  private void scripted(String domain, ScriptedMx.Script script) {
    internet.mxRecords(domain, "mx." + domain).mx("mx." + domain, script);
  }

  private CommandRun send(String... more) {
    return CommandRun.withInput(
        MESSAGE,
        CommandLines.onLoopback(
            internet, directory, "send", List.of("--from", "me@sender.example"), more));
  }

  private static Map<String, @Nullable Object> only(CommandRun run) {
    return assertThat(run.objects()).singleElement().actual();
  }

  private static Map<Object, @Nullable Object> attempt(
      Map<String, @Nullable Object> object, int index) {
    Object attempt =
        assertThat(object.get("attempts"))
            .asInstanceOf(LIST)
            .hasSizeGreaterThan(index)
            .actual()
            .get(index);
    return assertThat(attempt).asInstanceOf(MAP).actual();
  }
}
