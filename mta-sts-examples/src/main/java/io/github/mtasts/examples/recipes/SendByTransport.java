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

/** A program that calls {@code Transport.send}, and has no mail server to hand its mail to. */
public final class SendByTransport {

  /** What is to become of a message that did not reach everybody at once. */
  public interface Outbox {
    /** Keeps the message for those who are to get it later, a quarter of an hour at first. */
    void tryAgain(Message message, DomainDelivery delivery);

    /** Tells the author who will never get it, and why. */
    void bounce(Message message, DomainDelivery delivery);
  }

  private SendByTransport() {}

  /**
   * Sends a message as a program does, from start to end.
   *
   * @param resolver one for the whole application
   * @param properties of the session; nothing, outside of tests
   * @throws MessagingException if somebody's copy was not delivered
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
   * Sends a message and puts right what did not get through.
   *
   * @param message of a session as above
   * @param outbox where the rest is kept
   * @throws MessagingException if the message cannot be sent to anybody
   */
  public static void send(Message message, Outbox outbox) throws MessagingException {
    // region transport-send-failed
    try {
      Transport.send(message);
    } catch (SendFailedException e) {
      Exception cause = e.getNextException(); // one for each domain that did not get it
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
