// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import static io.github.mtasts.policy.PolicyMode.ENFORCE;
import static io.github.mtasts.policy.PolicyMode.TESTING;
import static io.github.mtasts.testing.MxReaction.handshake;
import static io.github.mtasts.testing.MxReaction.hangUp;
import static io.github.mtasts.testing.MxReaction.say;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.TlsSession;
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
import java.util.concurrent.CopyOnWriteArrayList;
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
  void everyRecipeReportsAHostThatThePolicyRefuses() throws Exception {
    List<String> refused = new CopyOnWriteArrayList<>();
    ResolverListener listener =
        new ResolverListener() {
          @Override
          public void tlsSessionEnded(TlsSession session) {
            refused.add(session.decision().mxHost());
          }
        };
    internet.publish("example.com", TestInternet.policy(ENFORCE, "localhost"));
    List<String> hosts = List.of("unlisted.invalid");
    try (PolicyResolver reporting = internet.resolver().listener(listener).build()) {
      assertThat(new SocketSender(reporting, 25).deliver("example.com", hosts, MESSAGE)).isEmpty();
      assertThat(new JakartaMailSender(reporting, 25).deliver("example.com", hosts, mail()))
          .isFalse();
    } // closing it delivers the events

    assertThat(refused).containsExactly("unlisted.invalid", "unlisted.invalid");
  }

  @Test
  void socketSenderKeepsAPolicyThatHasBlockedTheMessage() throws Exception {
    internet.publish("example.com", TestInternet.policy(ENFORCE, "localhost"));
    try (MxServer mx = MxServer.startWithoutTls()) {
      PolicyResolver purged =
          new PolicyResolver() {
            @Override
            public Resolution resolve(String domain) {
              return resolver.resolve(domain);
            }

            @Override
            public Resolution recheck(String domain) {
              resolver.cache().purge(domain);
              internet.dns().remove("_mta-sts.example.com");
              return resolver.recheck(domain);
            }
          };

      assertThat(
              new SocketSender(purged, mx.address().getPort())
                  .deliver("example.com", List.of("localhost"), MESSAGE))
          .isEmpty();
      assertThat(mx.messages()).isEmpty();
    }
  }

  @Test
  void jakartaMailDeliversOverVerifiedTls() throws Exception {
    try (MxServer mx = MxServer.start(internet.ca().issue("localhost"))) {
      assertThat(jakarta(mx, ENFORCE)).isTrue();
      assertThat(mx.messages()).hasSize(1);
    }
  }

  @Test
  void jakartaMailDefersUnderEnforceForAnotherHostsCertificate() throws Exception {
    try (MxServer mx = MxServer.start(internet.ca().issue("other.example.com"))) {
      assertThat(jakarta(mx, ENFORCE)).isFalse();
      assertThat(mx.messages()).isEmpty();
    }
  }

  @Test
  void jakartaMailDeliversInTestingWithAnotherHostsCertificate() throws Exception {
    try (MxServer mx = MxServer.start(internet.ca().issue("other.example.com"))) {
      assertThat(jakarta(mx, TESTING)).isTrue();
      assertThat(mx.messages()).hasSize(1);
    }
  }

  @Test
  void jakartaMailDoesNotRetryInClearTextAfterARefusalOverTls() throws Exception {
    try (ScriptedMx mx =
        ScriptedMx.script()
            .on(
                "STARTTLS",
                say("220 go ahead"),
                handshake(internet.ca().issue("other.example.com")))
            .on("RCPT", say("550 5.1.1 no such user"))
            .start()) {
      assertThat(jakarta(mx.address(), TESTING)).isFalse();
      assertThat(mx.dialogue()).filteredOn(line -> line.startsWith("MAIL")).hasSize(1);
    }
  }

  @Test
  void jakartaMailDeliversInClearTextInTestingWhenTlsFails() throws Exception {
    try (ScriptedMx mx =
        ScriptedMx.script().on("STARTTLS", say("220 go ahead"), hangUp()).start()) {
      assertThat(jakarta(mx.address(), TESTING)).isTrue();
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

  private boolean jakarta(MxServer mx, PolicyMode mode) throws Exception {
    return jakarta(mx.address(), mode);
  }

  private boolean jakarta(InetSocketAddress mx, PolicyMode mode) throws Exception {
    internet.publish("example.com", TestInternet.policy(mode, "localhost"));
    return new JakartaMailSender(resolver, mx.getPort())
        .deliver("example.com", List.of("unlisted.invalid", "localhost"), mail());
  }

  private static MimeMessage mail() throws MessagingException {
    MimeMessage message = new MimeMessage(Session.getInstance(new Properties()));
    message.setFrom("anna@sender.example");
    message.setRecipients(jakarta.mail.Message.RecipientType.TO, "bob@example.com");
    message.setText("hello");
    return message;
  }
}
