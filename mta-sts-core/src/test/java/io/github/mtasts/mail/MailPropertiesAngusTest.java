// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static io.github.mtasts.testing.MxReaction.handshake;
import static io.github.mtasts.testing.MxReaction.say;
import static io.github.mtasts.testing.MxReaction.tls10ServerHello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.TlsSession;
import io.github.mtasts.policy.MxPattern;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ReceivedMail;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.testing.TestCertificate;
import io.github.mtasts.tls.TlsVerdict;
import jakarta.mail.MessagingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Angus Mail's own transport, secured by MailProperties, against SMTP servers. */
final class MailPropertiesAngusTest {
  private static final String MX = "mx1.example.com";
  private static final TestCa CA = TestCa.create();

  private final List<TlsSession> sessions = new ArrayList<>();

  static Stream<Arguments> invalidCertificates() {
    return Stream.of(
        Arguments.of(
            "common name only",
            CA.leaf().commonName(MX).issue(),
            ResultType.CERTIFICATE_HOST_MISMATCH),
        Arguments.of(
            "wrong name", CA.issue("mx2.example.com"), ResultType.CERTIFICATE_HOST_MISMATCH),
        Arguments.of(
            "partial wildcard", CA.issue("mx*.example.com"), ResultType.CERTIFICATE_HOST_MISMATCH),
        Arguments.of(
            "expired", CA.leaf().dnsNames(MX).expired().issue(), ResultType.CERTIFICATE_EXPIRED),
        Arguments.of("unknown CA", TestCa.create().issue(MX), ResultType.CERTIFICATE_NOT_TRUSTED));
  }

  static Stream<Arguments> serversWithoutUsableTls() {
    return Stream.of(
        Arguments.of(
            "STARTTLS missing",
            ScriptedMx.script().on("EHLO", say("250-mx1.example.com", "250 8BITMIME")),
            ResultType.STARTTLS_NOT_SUPPORTED),
        Arguments.of(
            "454",
            ScriptedMx.script().on("STARTTLS", say("454 4.7.0 TLS not available")),
            ResultType.STARTTLS_NOT_SUPPORTED),
        Arguments.of(
            "TLS 1.0 only",
            ScriptedMx.script().on("STARTTLS", say("220 go ahead"), tls10ServerHello()),
            ResultType.VALIDATION_FAILURE),
        Arguments.of(
            "plain text after the 220",
            ScriptedMx.script().on("STARTTLS", say("220 go ahead", "250 fooled you")),
            ResultType.VALIDATION_FAILURE));
  }

  @Test
  @Tag("rfc-item-62")
  void deliversToAGoodHost() throws Exception {
    try (MxServer server = MxServer.start(CA.issue(MX))) {
      Optional<TlsVerdict> verdict = mailer(PolicyMode.ENFORCE, server).deliver("Hello, Bob");
      assertThat(verdict.orElseThrow()).isInstanceOf(TlsVerdict.Trusted.class);
      ReceivedMail received = server.messages().get(0);
      assertThat(received.isOverTls()).isTrue();
      assertThat(received.text()).contains("Hello, Bob");
      assertThat(server.sniSeen()).containsExactly(MX);
      assertThat(sessions).extracting(TlsSession::failure).containsExactly(Optional.empty());
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("invalidCertificates")
  @Tag("rfc-item-70")
  void refusesACertificateBeforeMailFrom(
      String name, TestCertificate certificate, ResultType type) {
    try (MxServer server = MxServer.start(certificate)) {
      MailPropertiesMailer mailer = mailer(PolicyMode.ENFORCE, server);
      assertThatThrownBy(() -> mailer.deliver(name)).isInstanceOf(MessagingException.class);
      assertThat(server.dialogue()).containsExactly("STARTTLS");
      assertThat(server.messages()).isEmpty();
      assertThat(sessions).extracting(TlsSession::failure).containsExactly(Optional.of(type));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("invalidCertificates")
  @Tag("rfc-item-71")
  void deliversAndRecordsACertificateInTesting(
      String name, TestCertificate certificate, ResultType type) throws Exception {
    try (MxServer server = MxServer.start(certificate)) {
      mailer(PolicyMode.TESTING, server).deliver(name);
      assertThat(server.messages()).singleElement().matches(ReceivedMail::isOverTls);
      assertThat(sessions).extracting(TlsSession::failure).containsExactly(Optional.of(type));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("serversWithoutUsableTls")
  @Tag("rfc-item-70")
  void refusesAServerWithoutUsableTlsBeforeMailFrom(
      String name, ScriptedMx.Script script, ResultType type) {
    try (ScriptedMx server = script.start()) {
      MailPropertiesMailer mailer =
          new MailPropertiesMailer(decision(PolicyMode.ENFORCE), server.address());
      assertThatThrownBy(() -> mailer.deliver(name)).isInstanceOf(MessagingException.class);
      assertThat(server.dialogue()).noneMatch(line -> line.startsWith("MAIL"));
      assertThat(server.messages()).isEmpty();
      assertThat(sessions).extracting(TlsSession::failure).containsExactly(Optional.of(type));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("serversWithoutUsableTls")
  @Tag("rfc-item-71")
  void deliversInClearAndRecordsItInTesting(String name, ScriptedMx.Script script, ResultType type)
      throws Exception {
    try (ScriptedMx server = script.start()) {
      new MailPropertiesMailer(decision(PolicyMode.TESTING), server.address()).deliver(name);
      assertThat(server.messages()).singleElement().matches(mail -> !mail.isOverTls());
      assertThat(sessions).extracting(TlsSession::failure).containsExactly(Optional.of(type));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("serversWithoutUsableTls")
  void deliversInClearWithoutAPolicy(String name, ScriptedMx.Script script, ResultType type)
      throws Exception {
    try (ScriptedMx server = script.start()) {
      MxDecision none = Resolution.none("example.com").decide(MX);
      Optional<TlsVerdict> verdict =
          new MailPropertiesMailer(none, server.address()).deliver(type.label());
      assertThat(verdict.orElseThrow()).as(name).isInstanceOf(TlsVerdict.NotJudged.class);
      assertThat(server.messages()).hasSize(1);
      assertThat(sessions).isEmpty();
    }
  }

  @Test
  @Tag("rfc-item-72")
  void deliversUnderAnyCertificateInModeNone() throws Exception {
    try (MxServer server = MxServer.start(TestCa.create().issue("other.example"))) {
      mailer(PolicyMode.NONE, server).deliver("none");
      assertThat(server.messages()).singleElement().matches(ReceivedMail::isOverTls);
      assertThat(sessions).isEmpty();
    }
  }

  @Test
  @Tag("rfc-item-231")
  void sendsEhloAgainUnderTls() throws Exception {
    try (ScriptedMx server =
        ScriptedMx.script().on("STARTTLS", say("220 go ahead"), handshake(CA.issue(MX))).start()) {
      new MailPropertiesMailer(decision(PolicyMode.ENFORCE), server.address()).deliver("hello");
      assertThat(server.dialogue())
          .extracting(line -> line.split(" ", 2)[0])
          .startsWith("EHLO", "STARTTLS", "EHLO", "MAIL");
    }
  }

  @Test
  void doesNotReportATemporaryRefusalAsATlsFailure() {
    try (ScriptedMx server = ScriptedMx.script().onConnect(say("421 4.3.2 busy")).start()) {
      MailPropertiesMailer mailer =
          new MailPropertiesMailer(decision(PolicyMode.TESTING), server.address());
      assertThatThrownBy(() -> mailer.deliver("busy")).isInstanceOf(MessagingException.class);
      assertThat(sessions).isEmpty();
    }
  }

  private MailPropertiesMailer mailer(PolicyMode mode, MxServer server) {
    return new MailPropertiesMailer(decision(mode), server.address());
  }

  private MxDecision decision(PolicyMode mode) {
    Policy policy =
        new Policy(mode, List.of(MxPattern.of(MX)), Duration.ofDays(7), Map.of(), "", List.of());
    ResolverListener listener =
        new ResolverListener() {
          @Override
          public void tlsSessionEnded(TlsSession session) {
            sessions.add(session);
          }
        };
    MxTlsSettings settings =
        new MxTlsSettings(Optional.of(CA.trustManager()), Optional.empty(), listener);
    return Resolution.inForce("example.com", policy, settings).decide(MX);
  }
}
