// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import static io.github.mtasts.policy.PolicyMode.ENFORCE;
import static io.github.mtasts.policy.PolicyMode.TESTING;
import static io.github.mtasts.testing.MxReaction.handshake;
import static io.github.mtasts.testing.MxReaction.hangUp;
import static io.github.mtasts.testing.MxReaction.say;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.examples.smtp.SmtpMessage;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestInternet;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class RecipesTest {
  private static final SmtpMessage MESSAGE =
      new SmtpMessage(
          "anna@sender.example", List.of("bob@example.com"), List.of("Subject: x", "", ".dot"));

  @AutoClose private final TestInternet internet = TestInternet.start();
  @AutoClose private final PolicyResolver resolver = internet.resolver().build();

  @Test
  void socketSenderDeliversOverVerifiedTls() throws Exception {
    try (MxServer mx = MxServer.start(internet.ca().issue("localhost"))) {
      assertThat(socketSender(mx, ENFORCE)).isPresent();
      assertThat(mx.messages()).hasSize(1);
      assertThat(mx.dialogue()).startsWith("STARTTLS");
    }
  }

  @Test
  void socketSenderDefersWhenStartTlsIsMissing() throws Exception {
    try (MxServer mx = MxServer.startWithoutTls()) {
      assertThat(socketSender(mx, ENFORCE)).isEmpty();
      assertThat(mx.dialogue()).isEmpty();
    }
  }

  @Test
  void socketSenderDeliversInTestingWhenStartTlsIsMissing() throws Exception {
    try (MxServer mx = MxServer.startWithoutTls()) {
      assertThat(socketSender(mx, TESTING)).isPresent();
      assertThat(mx.messages()).hasSize(1);
    }
  }

  @Test
  void socketSenderSendsNothingToAnImpostor() {
    int messages =
        TestKitExample.messagesToAnImpostor(
            (resolver, domain, port) ->
                new SocketSender(resolver, port).deliver(domain, List.of("localhost"), MESSAGE));

    assertThat(messages).isZero();
  }

  @Test
  void jakartaMailDeliversOverVerifiedTls() throws Exception {
    try (MxServer mx = MxServer.start(internet.ca().issue("localhost"))) {
      jakarta(mx, ENFORCE);
      assertThat(mx.messages()).hasSize(1);
    }
  }

  @Test
  void jakartaMailThrowsUnderEnforceForAnotherHostsCertificate() throws Exception {
    try (MxServer mx = MxServer.start(internet.ca().issue("other.example.com"))) {
      assertThatThrownBy(() -> jakarta(mx, ENFORCE)).isInstanceOf(MessagingException.class);
      assertThat(mx.messages()).isEmpty();
    }
  }

  @Test
  void jakartaMailDeliversInTestingWithAnotherHostsCertificate() throws Exception {
    try (MxServer mx = MxServer.start(internet.ca().issue("other.example.com"))) {
      jakarta(mx, TESTING);
      assertThat(mx.messages()).hasSize(1);
    }
  }

  @Test
  void jakartaMailDoesNotRetryInClearTextAfterARefusalOverTls() {
    try (ScriptedMx mx =
        ScriptedMx.script()
            .on(
                "STARTTLS",
                say("220 go ahead"),
                handshake(internet.ca().issue("other.example.com")))
            .on("RCPT", say("550 5.1.1 no such user"))
            .start()) {
      assertThatThrownBy(() -> jakarta(mx.address(), TESTING))
          .isInstanceOf(MessagingException.class);
      assertThat(mx.dialogue()).filteredOn(line -> line.startsWith("MAIL")).hasSize(1);
    }
  }

  @Test
  void jakartaMailDeliversInClearTextInTestingWhenTlsFails() throws Exception {
    try (ScriptedMx mx =
        ScriptedMx.script().on("STARTTLS", say("220 go ahead"), hangUp()).start()) {
      jakarta(mx.address(), TESTING);
      assertThat(mx.messages()).singleElement().matches(mail -> !mail.isOverTls());
    }
  }

  @Test
  void buildsAResolverWithASuspicionLogger() {
    SuspicionLogger.resolver().close();
  }

  private Optional<?> socketSender(MxServer mx, PolicyMode mode) {
    internet.publish("example.com", TestInternet.policy(mode, "localhost"));
    return new SocketSender(resolver, mx.address().getPort())
        .deliver("example.com", List.of("unlisted.invalid", "localhost"), MESSAGE);
  }

  private void jakarta(MxServer mx, PolicyMode mode) throws Exception {
    jakarta(mx.address(), mode);
  }

  private void jakarta(InetSocketAddress mx, PolicyMode mode) throws Exception {
    internet.publish("example.com", TestInternet.policy(mode, "localhost"));
    MimeMessage message = new MimeMessage(Session.getInstance(new Properties()));
    message.setFrom("anna@sender.example");
    message.setRecipients(jakarta.mail.Message.RecipientType.TO, "bob@example.com");
    message.setText("hello");
    new JakartaMailSender(mx.getPort())
        .deliver(resolver.resolve("example.com").decide("localhost"), message);
  }
}
