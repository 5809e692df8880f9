// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.mail.DomainDeliveryException;
import io.github.mtasts.testing.MxServer;
import org.junit.jupiter.api.Test;
import org.simplejavamail.api.mailer.Mailer;
import org.simplejavamail.email.EmailBuilder;

class SimpleJavaMailSenderTest {

  @Test
  void deliversOverVerifiedTlsAlsoToBccRecipients() throws Exception {
    try (MxServer mx = MxServer.start(RecipeNetwork.CA.issue("mx.example.com"));
        RecipeNetwork network = new RecipeNetwork(mx.address())) {
      send(network, "enforce");

      assertThat(mx.messages())
          .singleElement()
          .satisfies(
              mail -> {
                assertThat(mail.isOverTls()).isTrue();
                assertThat(mail.recipients()).containsExactly("bob@example.com", "eve@example.com");
                assertThat(mail.text()).contains("Subject: Hello").doesNotContain("eve@");
              });
    }
  }

  @Test
  void throwsAndSendsNothingToAnotherHostsCertificate() throws Exception {
    try (MxServer mx = MxServer.start(RecipeNetwork.CA.issue("other.example.com"));
        RecipeNetwork network = new RecipeNetwork(mx.address())) {
      assertThatThrownBy(() -> send(network, "enforce"))
          .hasRootCauseInstanceOf(DomainDeliveryException.class);
      assertThat(mx.messages()).isEmpty();
    }
  }

  @Test
  void deliversInTestingToAnotherHostsCertificate() throws Exception {
    try (MxServer mx = MxServer.start(RecipeNetwork.CA.issue("other.example.com"));
        RecipeNetwork network = new RecipeNetwork(mx.address())) {
      send(network, "testing");
      assertThat(mx.messages()).hasSize(1);
    }
  }

  private static void send(RecipeNetwork network, String mode) throws Exception {
    Mailer mailer = SimpleJavaMailSender.mailer(RecipeNetwork.resolver(mode));
    mailer.getSession().getProperties().putAll(network.properties());
    mailer
        .sendMail(
            EmailBuilder.startingBlank()
                .from("anna@sender.example")
                .to("bob@example.com")
                .bcc("eve@example.com")
                .withSubject("Hello")
                .withPlainText("Good morning.")
                .buildEmail())
        .join();
  }
}
