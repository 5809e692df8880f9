// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.mail.DomainDeliveryException;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.TestInternet;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.simplejavamail.api.mailer.Mailer;
import org.simplejavamail.email.EmailBuilder;

class SimpleJavaMailSenderTest {
  private static final String MX = "mx.example.com";

  @AutoClose private final TestInternet internet = TestInternet.start();
  @AutoClose private final PolicyResolver resolver = internet.resolver().build();

  @Test
  void deliversOverVerifiedTlsAlsoToBccRecipients() throws Exception {
    MxServer mx = internet.mx(MX);

    send(PolicyMode.ENFORCE);

    assertThat(mx.messages())
        .singleElement()
        .satisfies(
            mail -> {
              assertThat(mail.isOverTls()).isTrue();
              assertThat(mail.recipients()).containsExactly("bob@example.com", "eve@example.com");
              assertThat(mail.text()).contains("Subject: Hello").doesNotContain("eve@");
            });
  }

  @Test
  void throwsAndSendsNothingToAnotherHostsCertificate() throws Exception {
    MxServer mx = internet.mx(MX, internet.ca().issue("other.example.com"));

    assertThatThrownBy(() -> send(PolicyMode.ENFORCE))
        .hasRootCauseInstanceOf(DomainDeliveryException.class);
    assertThat(mx.messages()).isEmpty();
  }

  @Test
  void deliversInTestingToAnotherHostsCertificate() throws Exception {
    MxServer mx = internet.mx(MX, internet.ca().issue("other.example.com"));

    send(PolicyMode.TESTING);
    assertThat(mx.messages()).hasSize(1);
  }

  private void send(PolicyMode mode) throws Exception {
    internet.publish("example.com", TestInternet.policy(mode, MX)).mxRecords("example.com", MX);
    Mailer mailer = SimpleJavaMailSender.mailer(resolver);
    mailer.getSession().getProperties().putAll(internet.mailProperties());
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
