// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import static io.github.mtasts.testing.MxReaction.handshake;
import static io.github.mtasts.testing.MxReaction.hangUp;
import static io.github.mtasts.testing.MxReaction.raw;
import static io.github.mtasts.testing.MxReaction.say;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.examples.recipes.NettyDelivery.Result;
import io.github.mtasts.examples.smtp.SmtpMessage;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.tls.MxTls;
import io.github.mtasts.tls.TlsVerdict;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NettyDeliveryTest {
  private static final EventLoopGroup LOOPS =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private static final SmtpMessage MESSAGE =
      new SmtpMessage(
          "anna@sender.example", List.of("bob@example.com"), List.of("Subject: x", "", ".dot"));

  private Optional<TlsVerdict> verdict = Optional.empty();

  @AfterAll
  static void stop() {
    LOOPS.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void deliversOverVerifiedTls() throws Exception {
    try (MxServer mx = MxServer.start(RecipeNetwork.CA.issue("mx.example.com"))) {
      assertThat(deliver(mx.address(), "enforce")).isEqualTo(Result.DELIVERED);
      assertThat(verdict).containsInstanceOf(TlsVerdict.Trusted.class);
      assertThat(mx.sniSeen()).containsExactly("mx.example.com");
      assertThat(mx.messages())
          .singleElement()
          .satisfies(
              mail -> {
                assertThat(mail.isOverTls()).isTrue();
                assertThat(mail.text()).contains("\n.dot");
              });
    }
  }

  @ParameterizedTest
  @CsvSource({"enforce, NEXT_MX_HOST, 0", "testing, DELIVERED, 1"})
  void followsThePolicyForAnotherHostsCertificate(String mode, Result expected, int messages)
      throws Exception {
    try (MxServer mx = MxServer.start(RecipeNetwork.CA.issue("other.example.com"))) {
      assertThat(deliver(mx.address(), mode)).isEqualTo(expected);
      assertThat(mx.messages()).hasSize(messages);
      assertThat(verdict).containsInstanceOf(TlsVerdict.Rejected.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"enforce, NEXT_MX_HOST, 0", "testing, DELIVERED, 1"})
  void followsThePolicyWithoutStartTls(String mode, Result expected, int messages)
      throws Exception {
    try (MxServer mx = MxServer.startWithoutTls()) {
      assertThat(deliver(mx.address(), mode)).isEqualTo(expected);
      assertThat(mx.messages()).hasSize(messages);
    }
  }

  @ParameterizedTest
  @CsvSource({"enforce, NEXT_MX_HOST", "testing, AGAIN_IN_CLEAR"})
  void followsThePolicyWhenTheHandshakeFails(String mode, Result expected) throws Exception {
    try (ScriptedMx mx =
        ScriptedMx.script().on("STARTTLS", say("220 go ahead"), hangUp()).start()) {
      assertThat(deliver(mx.address(), mode)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"enforce, NEXT_MX_HOST", "testing, AGAIN_IN_CLEAR"})
  void followsThePolicyWhenStartTlsIsRefused(String mode, Result expected) throws Exception {
    try (ScriptedMx mx = ScriptedMx.script().on("STARTTLS", say("454 not now")).start()) {
      assertThat(deliver(mx.address(), mode)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"250 mx.example.com\r\n", "250 mx.exam"})
  void ignoresRepliesInjectedBeforeTls(String injected) throws Exception {
    try (ScriptedMx mx =
        ScriptedMx.script()
            .on(
                "STARTTLS",
                raw(("220 go ahead\r\n" + injected).getBytes(StandardCharsets.US_ASCII)),
                handshake(RecipeNetwork.CA.issue("mx.example.com")))
            .start()) {
      assertThat(deliver(mx.address(), "enforce")).isEqualTo(Result.NEXT_MX_HOST);
      assertThat(mx.dialogue()).noneMatch(line -> line.startsWith("MAIL"));
    }
  }

  private Result deliver(InetSocketAddress mx, String mode) throws Exception {
    try (MxTls tls =
        MxTls.forDecision(RecipeNetwork.policy(mode, "mx.example.com").decide("mx.example.com"))) {
      Result result = NettyDelivery.deliver(LOOPS, mx, tls, MESSAGE).get(60, TimeUnit.SECONDS);
      verdict = tls.verdict();
      return result;
    }
  }
}
