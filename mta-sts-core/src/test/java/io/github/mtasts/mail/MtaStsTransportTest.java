// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.testing.MxServer;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.MimeMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Delivery to servers without faults, a failing resolver, and an interrupt. */
final class MtaStsTransportTest {
  private final MailFixture fixture = new MailFixture();

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @Test
  void deliversByTransportSend() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture.domain("example.com", "mx1.example.com").enforce("example.com", "mx1.example.com");
    Session session = fixture.session();

    Transport.send(MailFixture.message(session, "Good morning.", "bob@example.com"));

    assertThat(mx.messages())
        .singleElement()
        .satisfies(
            mail -> {
              assertThat(mail.isOverTls()).isTrue();
              assertThat(mail.from()).isEqualTo("alice@example.org");
              assertThat(mail.recipients()).containsExactly("bob@example.com");
              assertThat(mail.text()).contains("Good morning.");
            });
    assertThat(mx.sniSeen()).containsExactly("mx1.example.com");
    assertThat(fixture.sessions).hasSize(1);
  }

  @Test
  void deliversInClearWhereThereIsNoPolicyAndNoStartTls() throws Exception {
    MxServer mx = fixture.mxWithoutTls("mx1.example.com");
    fixture.domain("example.com", "mx1.example.com");

    assertThat(fixture.deliver("bob@example.com"))
        .singleElement()
        .extracting(DomainDelivery::disposition)
        .isEqualTo(Disposition.DELIVERED);
    assertThat(mx.messages()).hasSize(1);
  }

  @Test
  void defersTheMessageWhenTheResolverThrows() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture.domain("example.com", "mx1.example.com");
    Session session = fixture.session();
    PolicyResolver broken =
        domain -> {
          throw new IllegalStateException("broken");
        };
    try (MtaStsTransport transport = new MtaStsTransport(session, broken)) {
      transport.connect();
      MimeMessage message = MailFixture.message(session, "Good morning.", "bob@example.com");

      assertThat(transport.deliver(message, message.getAllRecipients()))
          .singleElement()
          .satisfies(
              delivery -> {
                assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
                assertThat(delivery.status()).isEqualTo("4.3.0");
              });
    }
    assertThat(mx.dialogue()).isEmpty();
  }

  @Test
  void defersTheMessageAfterAnInterruptAndKeepsTheInterruptFlag() throws Exception {
    MxServer mx = fixture.mx("mx1.example.com");
    fixture.domain("example.com", "mx1.example.com");
    Thread.currentThread().interrupt();

    DomainDelivery delivery = fixture.deliver("bob@example.com").get(0);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(mx.dialogue()).isEmpty();
  }
}
