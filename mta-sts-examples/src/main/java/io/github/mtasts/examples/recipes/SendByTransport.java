// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.mail.DomainDelivery;
import io.github.mtasts.mail.DomainDeliveryException;
import io.github.mtasts.mail.MtaStsTransport;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.Properties;

/** A program that calls {@code Transport.send} and has no relay server. */
public final class SendByTransport {

  /** Handles recipients whose copy was not delivered. */
  public interface Outbox {
    /** Queues the message for the deferred recipients; retry first after 15 minutes. */
    void tryAgain(Message message, DomainDelivery delivery);

    /** Reports the failed recipients and the reason to the sender. */
    void bounce(Message message, DomainDelivery delivery);
  }

  private SendByTransport() {}

  /**
   * Creates and sends a message.
   *
   * @param resolver one per application
   * @param properties session properties; empty, except in tests
   * @throws MessagingException if the message was not delivered to every recipient
   */
  public static void send(PolicyResolver resolver, Properties properties)
      throws MessagingException {
    // region transport-send
    Session session = Session.getInstance(properties);
    session.setProtocolForAddress("rfc822", MtaStsTransport.PROTOCOL);
    MtaStsTransport.register(session, resolver);

    MimeMessage message = new MimeMessage(session);
    message.setFrom("anna@sender.example");
    message.setRecipient(Message.RecipientType.TO, new InternetAddress("bob@example.com"));
    message.setText("Straight to an MX host of example.com, as its policy asks.");
    Transport.send(message);
    // endregion
  }

  /**
   * Sends a message and passes undelivered copies to the outbox.
   *
   * @param message a message of a session as above
   * @param outbox gets the undelivered copies
   * @throws MessagingException if the message cannot be sent at all
   */
  public static void send(Message message, Outbox outbox) throws MessagingException {
    // region transport-send-failed
    try {
      Transport.send(message);
    } catch (SendFailedException e) {
      Exception cause = e.getNextException(); // one for each domain with a failure
      while (cause instanceof DomainDeliveryException failure) {
        DomainDelivery delivery = failure.delivery(); // deferred(), failed(), bounceText()
        if (!delivery.deferred().isEmpty()) outbox.tryAgain(message, delivery);
        if (!delivery.failed().isEmpty()) outbox.bounce(message, delivery);
        cause = failure.getNextException();
      }
    }
    // endregion
  }
}
