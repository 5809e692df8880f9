package io.github.mtasts.examples.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.mail.DomainDeliveryException;
import io.github.mtasts.testing.MxServer;
import org.junit.jupiter.api.Test;
import org.simplejavamail.api.mailer.Mailer;
import org.simplejavamail.email.EmailBuilder;

class SimpleJavaMailTest {

  @Test
  void deliversOverVerifiedTlsToHiddenRecipientsToo() throws Exception {
    try (MxServer mx = MxServer.start(RecipeWorld.CA.issue("mx.example.com"));
        RecipeWorld world = new RecipeWorld(mx.address())) {
      send(world, "enforce");

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
    try (MxServer mx = MxServer.start(RecipeWorld.CA.issue("other.example.com"));
        RecipeWorld world = new RecipeWorld(mx.address())) {
      assertThatThrownBy(() -> send(world, "enforce"))
          .hasRootCauseInstanceOf(DomainDeliveryException.class);
      assertThat(mx.messages()).isEmpty();
    }
  }

  @Test
  void deliversInTestingToAnotherHostsCertificate() throws Exception {
    try (MxServer mx = MxServer.start(RecipeWorld.CA.issue("other.example.com"));
        RecipeWorld world = new RecipeWorld(mx.address())) {
      send(world, "testing");
      assertThat(mx.messages()).hasSize(1);
    }
  }

  private static void send(RecipeWorld world, String mode) throws Exception {
    Mailer mailer = SimpleJavaMail.mailer(RecipeWorld.resolver(mode));
    mailer.getSession().getProperties().putAll(world.properties());
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
