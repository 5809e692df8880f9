// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import static io.github.mtasts.testing.MxReaction.hangUp;
import static io.github.mtasts.testing.MxReaction.say;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ReceivedMail;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestInternet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sent message, and the dialogue that {@code -v} shows. */
class SentMessageTest {
  private static final String UTF8 =
      "From: J\u00f6rg <j\u00f6rg@sender.example>\r\nSubject: Gr\u00fc\u00dfe\r\n\r\n\u65e5\u672c\r\n";

  @TempDir Path directory;
  @AutoClose private final TestInternet internet = TestInternet.start();

  @BeforeEach
  void publish() {
    internet.mxRecords("example.com", "mx.example.com");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Subject: hello\r\n\r\nHello!\r\n",
        "Bcc: eve@example.net\r\nContent-Length: 3\r\nX-Odd:no blank\r\n\tfolded\r\n\r\nabc\r\n",
        "\r\nno header at all\r\n",
        "no header, no blank line\r\n",
        "Subject: dots\r\n\r\n.\r\n..\r\n.a dot first\r\nnot .first\r\n.\r\n\r\n.\r\n",
        "Subject: 8bit\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\u00e9\u0080\u00ff\u0001\t \r\n",
        "Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=\r\n=C3=9Fe\r\n",
      })
  void deliversTheOctetsOfAFileUnchanged(String latin1) throws IOException {
    MxServer mx = internet.mx("mx.example.com");
    Path file = directory.resolve("message.eml");
    Files.write(file, latin1.getBytes(ISO_8859_1));

    CommandRun run = send("", "me@sender.example", "ann@example.com", file.toString());

    assertThat(run.status()).isZero();
    assertThat(latin1(mx)).isEqualTo(latin1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a: b\n\nc\n", "a: b\r\rc\r", "a: b\r\n\nc\r", "a: b\n\r\nc", "a: b\r\n\r\nc"})
  void endsEachLineWithCrLf(String stdin) {
    MxServer mx = internet.mx("mx.example.com");

    send(stdin, "me@sender.example", "ann@example.com");

    assertThat(latin1(mx)).isEqualTo("a: b\r\n\r\nc\r\n");
  }

  @Test
  void deliversAMessageFromStdin() {
    MxServer mx = internet.mx("mx.example.com");

    CommandRun run = send(UTF8, "me@sender.example", "ann@example.com", "-");

    assertThat(run.status()).isZero();
    assertThat(only(mx).text()).isEqualTo(UTF8);
  }

  @Test
  void sendsAMessageWithoutAFromHeader() {
    MxServer mx = internet.mx("mx.example.com");

    send("X: y\r\n\r\n", "other@sender.example", "ann@example.com");

    assertThat(only(mx).from()).isEqualTo("other@sender.example");
    assertThat(only(mx).text()).isEqualTo("X: y\r\n\r\n");
  }

  @Test
  void requestsSmtpUtf8WhenHeadersNeedIt() {
    ScriptedMx mx =
        internet.mx(
            "mx.example.com",
            ScriptedMx.script().on("EHLO", say("250-mx", "250-8BITMIME", "250 SMTPUTF8")));

    send(UTF8, "me@sender.example", "ann@example.com");
    send("a: b\r\n\r\n\u00fc\r\n", "me@sender.example", "ann@example.com");

    assertThat(mx.dialogue())
        .filteredOn(line -> line.startsWith("MAIL"))
        .containsExactly("MAIL FROM:<me@sender.example> SMTPUTF8", "MAIL FROM:<me@sender.example>");
  }

  @ParameterizedTest
  @ValueSource(strings = {UTF8, "Bcc: J\u00f6rg <joerg@example.net>\r\n\r\nhello\r\n"})
  void sendsNoNonAsciiHeaderWithoutSmtpUtf8(String message) {
    ScriptedMx mx =
        internet.mx(
            "mx.example.com", ScriptedMx.script().on("EHLO", say("250-mx", "250 8BITMIME")));

    CommandRun run = send(message, "me@sender.example", "ann@example.com", "--json");

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.objects()).singleElement().asString().contains("4.6.7", "SMTPUTF8");
    assertThat(mx.dialogue()).noneMatch(line -> line.startsWith("MAIL"));
  }

  @Test
  void writesDomainsAsALabels() {
    internet.mxRecords("xn--mnchen-3ya.example", "mx.example.com");
    MxServer mx = internet.mx("mx.example.com");

    CommandRun run = send("a: b\r\n\r\n", "me@stra\u00dfe.example", "ann@M\u00fcnchen.example.");

    assertThat(run.status()).isZero();
    assertThat(mx.dialogue())
        .contains("MAIL FROM:<me@xn--strae-oqa.example>", "RCPT TO:<ann@xn--mnchen-3ya.example>");
  }

  @Test
  void doublesADotAtTheStartOfTheMessage() {
    ScriptedMx mx = internet.mx("mx.example.com", ScriptedMx.script());

    send(".\r\n", "me@sender.example", "ann@example.com");

    assertThat(mx.messages())
        .singleElement()
        .satisfies(mail -> assertThat(mail.text()).isEqualTo(".\r\n"));
  }

  @Test
  void sendsToANonAsciiLocalPartWithSmtpUtf8() {
    MxServer mx = internet.mx("mx.example.com");

    // The low octets of the first two letters are CR and LF.
    CommandRun run = send("a: b\r\n\r\n", "me@sender.example", "\u010d\u010a\u00f6@example.com");

    assertThat(run.status()).isZero();
    assertThat(mx.dialogue()).contains("RCPT TO:<\u010d\u010a\u00f6@example.com>");
  }

  @Test
  void sendsToNoNonAsciiLocalPartWithoutSmtpUtf8() {
    ScriptedMx mx = internet.mx("mx.example.com", ScriptedMx.script());

    CommandRun run = send("a: b\r\n\r\n", "me@sender.example", "j\u00f6rg@example.com", "--json");

    assertThat(run.objects()).singleElement().asString().contains("SMTPUTF8");
    assertThat(run.status()).isNotZero();
    assertThat(run.err()).isEmpty();
    assertThat(mx.dialogue()).noneMatch(line -> line.startsWith("RCPT"));
  }

  @Test
  void refusesAnEmptyMessage() {
    CommandRun run = send("", "me@sender.example", "ann@example.com");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).containsExactly("mta-sts: stdin: expected a message, found nothing");
  }

  @Test
  void showsTheDialogueOnStderr() {
    internet.mx("mx.example.com");

    CommandRun run =
        send(
            "a: b\r\n\r\n.dot\r\n220 C\r\n",
            "me@sender.example",
            "ann@example.com",
            "-v",
            "--json");

    assertThat(run.objects()).hasSize(1);
    assertThat(run.err())
        .contains("C: STARTTLS", "C: RCPT TO:<ann@example.com>", "S: 250 Ok")
        .containsSubsequence(
            "C: MAIL FROM:<me@sender.example>", "C: DATA", "C: (the message, 4 lines)", "C: .")
        .allMatch(line -> line.startsWith("C: ") || line.startsWith("S: "))
        .noneMatch(line -> line.contains("dot"));
  }

  @Test
  void removesControlCharactersFromTheDialogue() {
    internet.mx(
        "mx.example.com",
        ScriptedMx.script().on("RCPT", say("550 \u001b[2Jgone\u009b31m \u202eevil")));

    CommandRun run = send("a: b\r\n\r\n", "me@sender.example", "ann@example.com", "-v");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).anyMatch(line -> line.startsWith("S: 550  [2Jgone"));
    assertThat(List.of(run.err(), run.out()))
        .allSatisfy(
            lines ->
                assertThat(String.join("", lines)).doesNotContain("\u001b", "\u009b", "\u202e"));
  }

  @Test
  void showsTheDialogueAfterAnInterruptedMessage() {
    internet.mxRecords("example.com", "mx.example.com", "other.example.com");
    internet.mx("mx.example.com", ScriptedMx.script().on("DATA", say("354 go ahead"), hangUp()));
    internet.mx("other.example.com");
    String large = "a: b\r\n\r\n" + ("x".repeat(998) + "\r\n").repeat(4000);

    CommandRun run = send(large, "me@sender.example", "ann@example.com", "-v");

    assertThat(run.err())
        .containsSubsequence("S: 354 go ahead", "C: MAIL FROM:<me@sender.example>", "C: DATA")
        .noneMatch(line -> line.contains("xxx") || line.contains("Exception"))
        .allMatch(line -> line.startsWith("C: ") || line.startsWith("S: "));
  }

  private CommandRun send(String stdin, String from, String to, String... more) {
    return CommandRun.withInput(
        stdin,
        CommandLines.onLoopback(
            internet, directory, "send", List.of("--from", from, "--to", to), more));
  }

  private static ReceivedMail only(MxServer mx) {
    return assertThat(mx.messages()).singleElement().actual();
  }

  private static String latin1(MxServer mx) {
    return new String(only(mx).content(), ISO_8859_1);
  }
}
