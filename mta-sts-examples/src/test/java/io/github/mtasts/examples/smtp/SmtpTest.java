// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.smtp;

import static io.github.mtasts.testing.MxReaction.drip;
import static io.github.mtasts.testing.MxReaction.hangUp;
import static io.github.mtasts.testing.MxReaction.say;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.decision.Resolution;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.tls.MxTls;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class SmtpTest {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  @Test
  void deliversLinesThatStartWithADot() throws IOException {
    try (MxServer mx = MxServer.startWithoutTls();
        Smtp smtp = smtp(mx.address(), DEADLINE)) {
      smtp.deliver(
          new SmtpMessage(
              "a@sender.example", List.of("b@example.com"), List.of("S: x", "", ".", "..")));

      assertThat(mx.messages()).hasSize(1);
      assertThat(mx.messages().get(0).text()).contains("\r\n.\r\n..\r\n");
    }
  }

  @Test
  void ignoresTextInjectedAfterThe220() throws IOException {
    try (ScriptedMx mx =
            ScriptedMx.script().on("STARTTLS", say("220 go", "250 injected"), hangUp()).start();
        MxTls tls = MxTls.forDecision(Resolution.none("example.com").decide("mx.example.com"));
        Smtp smtp = smtp(mx.address(), DEADLINE)) {
      assertThatThrownBy(() -> smtp.secure(tls)).isInstanceOf(IOException.class);
      assertThat(smtp.isEncrypted()).isFalse();
    }
  }

  @Test
  void reportsARefusedStartTls() throws IOException {
    try (ScriptedMx mx = ScriptedMx.script().on("STARTTLS", say("454 later")).start();
        MxTls tls = MxTls.forDecision(Resolution.none("example.com").decide("mx.example.com"));
        Smtp smtp = smtp(mx.address(), DEADLINE)) {
      assertThat(smtp.offersStartTls()).isTrue();
      assertThat(smtp.secure(tls)).hasValueSatisfying(v -> assertThat(v.detail()).contains("454"));
    }
  }

  @Test
  void appliesTheDeadlineToASlowServer() throws IOException {
    try (ScriptedMx mx =
        ScriptedMx.script()
            .onConnect(drip("220 " + "x".repeat(500), Duration.ofMillis(50)))
            .start()) {
      assertThatThrownBy(() -> smtp(mx.address(), Duration.ofMillis(300)))
          .isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void refusesRepliesThatAreNotSmtp() throws IOException {
    try (ScriptedMx mx = ScriptedMx.script().onConnect(say("HTTP/1.1 200 OK")).start()) {
      assertThatThrownBy(() -> smtp(mx.address(), DEADLINE)).hasMessageContaining("three digits");
    }
  }

  @Test
  void refusesEndlessReplies() throws IOException {
    String[] lines = Collections.nCopies(1000, "220-more").toArray(String[]::new);
    try (ScriptedMx mx = ScriptedMx.script().onConnect(say(lines)).start()) {
      assertThatThrownBy(() -> smtp(mx.address(), DEADLINE))
          .hasMessageContaining("at most 128 lines");
    }
  }

  @Test
  void reportsADisconnect() throws IOException {
    try (ScriptedMx mx = ScriptedMx.script().onConnect(hangUp()).start()) {
      assertThatThrownBy(() -> smtp(mx.address(), DEADLINE)).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void removesEscapeSequencesFromMessages() throws IOException {
    try (ScriptedMx mx = ScriptedMx.script().onConnect(say("554 \u001b[31mno")).start()) {
      assertThatThrownBy(() -> smtp(mx.address(), DEADLINE))
          .isInstanceOf(SmtpReplyException.class)
          .hasMessageContaining("554 ?[31mno");
    }
  }

  @Test
  void refusesLineBreaksInTheEnvelope() {
    assertThatThrownBy(() -> new SmtpMessage("a@b\r\nRSET", List.of("b@example.com"), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Smtp smtp(InetSocketAddress address, Duration deadline) throws IOException {
    return Smtp.over(new Socket(address.getAddress(), address.getPort()), deadline);
  }
}
