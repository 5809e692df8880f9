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
  private static final Duration PLENTY = Duration.ofSeconds(30);

  @Test
  void deliversLinesThatBeginWithADot() throws IOException {
    try (MxServer mx = MxServer.startWithoutTls();
        Smtp smtp = smtp(mx.address(), PLENTY)) {
      smtp.deliver(
          new Message(
              "a@sender.example", List.of("b@example.com"), List.of("S: x", "", ".", "..")));

      assertThat(mx.messages()).hasSize(1);
      assertThat(mx.messages().get(0).text()).contains("\r\n.\r\n..\r\n");
    }
  }

  @Test
  void believesNothingThatCameBehindThe220() throws IOException {
    try (ScriptedMx mx =
            ScriptedMx.script().on("STARTTLS", say("220 go", "250 believe me"), hangUp()).start();
        MxTls tls = MxTls.forDecision(Resolution.none("example.com").decide("mx.example.com"));
        Smtp smtp = smtp(mx.address(), PLENTY)) {
      assertThatThrownBy(() -> smtp.secure(tls)).isInstanceOf(IOException.class);
      assertThat(smtp.isEncrypted()).isFalse();
    }
  }

  @Test
  void tellsTheAttemptThatStartTlsWasRefused() throws IOException {
    try (ScriptedMx mx = ScriptedMx.script().on("STARTTLS", say("454 later")).start();
        MxTls tls = MxTls.forDecision(Resolution.none("example.com").decide("mx.example.com"));
        Smtp smtp = smtp(mx.address(), PLENTY)) {
      assertThat(smtp.offersStartTls()).isTrue();
      assertThat(smtp.secure(tls)).hasValueSatisfying(v -> assertThat(v.detail()).contains("454"));
    }
  }

  @Test
  void givesADrippingServerNoMoreThanItsDeadline() throws IOException {
    try (ScriptedMx mx =
        ScriptedMx.script()
            .onConnect(drip("220 " + "x".repeat(500), Duration.ofMillis(50)))
            .start()) {
      assertThatThrownBy(() -> smtp(mx.address(), Duration.ofMillis(300)))
          .isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void refusesAnswersThatAreNoSmtp() throws IOException {
    try (ScriptedMx mx = ScriptedMx.script().onConnect(say("HTTP/1.1 200 OK")).start()) {
      assertThatThrownBy(() -> smtp(mx.address(), PLENTY)).hasMessageContaining("three digits");
    }
  }

  @Test
  void refusesAnswersWithoutEnd() throws IOException {
    String[] lines = Collections.nCopies(1000, "220-more").toArray(String[]::new);
    try (ScriptedMx mx = ScriptedMx.script().onConnect(say(lines)).start()) {
      assertThatThrownBy(() -> smtp(mx.address(), PLENTY))
          .hasMessageContaining("at most 128 lines");
    }
  }

  @Test
  void tellsWhenTheServerHangsUp() throws IOException {
    try (ScriptedMx mx = ScriptedMx.script().onConnect(hangUp()).start()) {
      assertThatThrownBy(() -> smtp(mx.address(), PLENTY)).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void keepsEscapeSequencesOutOfItsMessages() throws IOException {
    try (ScriptedMx mx = ScriptedMx.script().onConnect(say("554 \u001b[31mno")).start()) {
      assertThatThrownBy(() -> smtp(mx.address(), PLENTY))
          .isInstanceOf(SmtpReplyException.class)
          .hasMessageContaining("554 ?[31mno");
    }
  }

  @Test
  void letsNoLineBreakIntoTheEnvelope() {
    assertThatThrownBy(() -> new Message("a@b\r\nRSET", List.of("b@example.com"), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Smtp smtp(InetSocketAddress address, Duration deadline) throws IOException {
    return Smtp.over(new Socket(address.getAddress(), address.getPort()), deadline);
  }
}
