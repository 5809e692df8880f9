// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import static io.github.mtasts.testing.MxReaction.handshake;
import static io.github.mtasts.testing.MxReaction.hangUp;
import static io.github.mtasts.testing.MxReaction.raw;
import static io.github.mtasts.testing.MxReaction.say;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.examples.recipes.NettyDelivery.Result;
import io.github.mtasts.examples.smtp.SmtpMessage;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestInternet;
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
import org.junit.jupiter.api.AutoClose;
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

  @AutoClose private final TestInternet internet = TestInternet.start();
  @AutoClose private final PolicyResolver resolver = internet.resolver().build();
  private Optional<TlsVerdict> verdict = Optional.empty();

  @AfterAll
  static void stop() {
    LOOPS.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void deliversOverVerifiedTls() throws Exception {
    try (MxServer mx = MxServer.start(internet.ca().issue("mx.example.com"))) {
      assertThat(deliver(mx.address(), PolicyMode.ENFORCE)).isEqualTo(Result.DELIVERED);
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
  @CsvSource({"ENFORCE, NEXT_MX_HOST, 0", "TESTING, DELIVERED, 1"})
  void followsThePolicyForAnotherHostsCertificate(PolicyMode mode, Result expected, int messages)
      throws Exception {
    try (MxServer mx = MxServer.start(internet.ca().issue("other.example.com"))) {
      assertThat(deliver(mx.address(), mode)).isEqualTo(expected);
      assertThat(mx.messages()).hasSize(messages);
      assertThat(verdict).containsInstanceOf(TlsVerdict.Rejected.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"ENFORCE, NEXT_MX_HOST, 0", "TESTING, DELIVERED, 1"})
  void followsThePolicyWithoutStartTls(PolicyMode mode, Result expected, int messages)
      throws Exception {
    try (MxServer mx = MxServer.startWithoutTls()) {
      assertThat(deliver(mx.address(), mode)).isEqualTo(expected);
      assertThat(mx.messages()).hasSize(messages);
    }
  }

  @ParameterizedTest
  @CsvSource({"ENFORCE, NEXT_MX_HOST", "TESTING, AGAIN_IN_CLEAR"})
  void followsThePolicyWhenTheHandshakeFails(PolicyMode mode, Result expected) throws Exception {
    try (ScriptedMx mx =
        ScriptedMx.script().on("STARTTLS", say("220 go ahead"), hangUp()).start()) {
      assertThat(deliver(mx.address(), mode)).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"ENFORCE, NEXT_MX_HOST", "TESTING, AGAIN_IN_CLEAR"})
  void followsThePolicyWhenStartTlsIsRefused(PolicyMode mode, Result expected) throws Exception {
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
                handshake(internet.ca().issue("mx.example.com")))
            .start()) {
      assertThat(deliver(mx.address(), PolicyMode.ENFORCE)).isEqualTo(Result.NEXT_MX_HOST);
      assertThat(mx.dialogue()).noneMatch(line -> line.startsWith("MAIL"));
    }
  }

  private Result deliver(InetSocketAddress mx, PolicyMode mode) throws Exception {
    internet.publish("example.com", TestInternet.policy(mode, "mx.example.com"));
    MxDecision decision = resolver.resolve("example.com").decide("mx.example.com");
    try (MxTls tls = MxTls.forDecision(decision)) {
      Result result = NettyDelivery.deliver(LOOPS, mx, tls, MESSAGE).get(60, TimeUnit.SECONDS);
      verdict = tls.verdict();
      return result;
    }
  }
}
