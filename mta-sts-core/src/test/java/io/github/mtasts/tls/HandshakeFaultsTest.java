// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import static io.github.mtasts.testing.MxReaction.alert;
import static io.github.mtasts.testing.MxReaction.awaitClientHello;
import static io.github.mtasts.testing.MxReaction.handshake;
import static io.github.mtasts.testing.MxReaction.hangUp;
import static io.github.mtasts.testing.MxReaction.reset;
import static io.github.mtasts.testing.MxReaction.say;
import static io.github.mtasts.testing.MxReaction.silence;
import static io.github.mtasts.testing.MxReaction.tls10ServerHello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.testing.MxReaction;
import io.github.mtasts.testing.ScriptedMx;
import java.io.IOException;
import java.net.Socket;
import java.util.stream.Stream;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that reply 220 and then fail in the handshake. */
final class HandshakeFaultsTest {
  private final TlsFixture fixture = new TlsFixture();

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of("no common version", then(alert(70)), "no agreement on a TLS version"),
        Arguments.of("no common cipher suite", then(alert(40)), "or an alert"),
        Arguments.of("TLS 1.0 only", then(tls10ServerHello()), "no agreement on a TLS version"),
        Arguments.of("plain text", then(say("250 fooled you")), "data that is not TLS"),
        // A connection that is closed with unread data is reset.
        Arguments.of("end of stream", then(awaitClientHello(), hangUp()), "a closed connection"),
        Arguments.of("silence", then(silence()), "no answer in time"));
  }

  private static MxReaction[] then(MxReaction... reactions) {
    return reactions;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void areValidationFailuresWithAReason(String name, MxReaction[] fault, String found)
      throws IOException {
    for (MxTls tls :
        new MxTls[] {fixture.enforced(TlsFixture.MX), fixture.testing(TlsFixture.MX)}) {
      try (ScriptedMx server = ScriptedMx.script().onConnect(fault).start();
          Socket socket = TlsFixture.connect(server.address())) {
        socket.setSoTimeout(name.equals("silence") ? 100 : 20_000);
        assertThatThrownBy(() -> tls.startTls(socket)).isInstanceOf(IOException.class);
        TlsVerdict verdict = tls.verdict().orElseThrow();
        assertThat(TlsFixture.failure(verdict)).contains(ResultType.VALIDATION_FAILURE);
        assertThat(verdict.detail()).contains("TLS handshake with mail.example.com", found);
        assertThat(verdict.isBlocking()).isEqualTo(!tls.allowsPlainText());
        assertThat(socket.isClosed()).isTrue();
      }
    }
  }

  @Test
  void aResetIsAValidationFailure() throws IOException {
    MxTls tls = fixture.enforced(TlsFixture.MX);
    try (ScriptedMx server = ScriptedMx.script().onConnect(reset()).start();
        Socket socket = TlsFixture.connect(server.address())) {
      assertThatThrownBy(() -> tls.startTls(socket)).isInstanceOf(IOException.class);
    }
    assertThat(TlsFixture.failure(tls.verdict().orElseThrow()))
        .contains(ResultType.VALIDATION_FAILURE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  @Tag("rfc-item-90")
  void supportsTls12AndTls13(String protocol) throws IOException {
    MxTls tls = fixture.enforced(TlsFixture.MX);
    try (ScriptedMx server = TlsFixture.server(fixture.ca.issue(TlsFixture.MX), protocol);
        SSLSocket socket = TlsFixture.startTls(tls, server.address())) {
      assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
    }
  }

  @Test
  @Tag("rfc-item-91")
  void offersNoOlderVersion() throws IOException {
    MxTls tls = fixture.enforced(TlsFixture.MX);
    assertThat(tls.newEngine().getEnabledProtocols())
        .containsExactlyInAnyOrder("TLSv1.2", "TLSv1.3");
    try (SSLSocket socket = (SSLSocket) tls.socketFactory().createSocket()) {
      assertThat(socket.getEnabledProtocols()).containsExactlyInAnyOrder("TLSv1.2", "TLSv1.3");
    }
  }

  @Test
  void removesOnlyOldVersionsFromThoseOfAProvider() {
    MxDecision decision = Resolution.none(TlsFixture.DOMAIN).decide(TlsFixture.MX);
    SSLParameters parameters = new SSLParameters();
    new MxTlsFactory(decision, new TlsAttempt(decision), (MxTrustManager) trust(decision))
        .configured(
            parameters,
            new String[] {"TLSv1.4", "TLSv1.3", "TLSv1.2", "TLSv1.1", "TLSv1", "SSLv3"});
    assertThat(parameters.getProtocols()).containsExactly("TLSv1.4", "TLSv1.3", "TLSv1.2");
  }

  private static X509ExtendedTrustManager trust(MxDecision decision) {
    return MxTls.forDecision(decision).trustManager();
  }

  @Test
  void requiresTls12WithoutAPolicyToo() {
    MxTls tls = MxTls.forDecision(Resolution.none(TlsFixture.DOMAIN).decide(TlsFixture.MX));
    assertThat(tls.newEngine().getEnabledProtocols())
        .containsExactlyInAnyOrder("TLSv1.2", "TLSv1.3");
  }

  @Test
  @Tag("rfc-item-231")
  void rejectsDataThatFollowsThe220() throws IOException {
    MxTls tls = fixture.enforced(TlsFixture.MX);
    try (ScriptedMx server =
            ScriptedMx.script()
                .onConnect(
                    say("250-mail.example.com", "250 AUTH PLAIN"),
                    handshake(fixture.ca.issue(TlsFixture.MX)))
                .start();
        Socket socket = TlsFixture.connect(server.address())) {
      assertThatThrownBy(() -> tls.startTls(socket)).isInstanceOf(IOException.class);
      assertThat(tls.verdict().orElseThrow().isBlocking()).isTrue();
    }
  }
}
