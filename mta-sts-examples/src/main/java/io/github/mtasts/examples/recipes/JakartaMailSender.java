// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.mail.MailProperties;
import io.github.mtasts.tls.MxTls;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import java.util.Properties;

/** A sender that secures Jakarta Mail by session properties. */
public final class JakartaMailSender {
  private final int port;

  /**
   * Sets up a sender.
   *
   * @param port 25, except in tests
   */
  public JakartaMailSender(int port) {
    this.port = port;
  }

  /**
   * Delivers to one MX host.
   *
   * @param decision a decision that is not refused
   * @param message the message
   * @throws MessagingException if delivery to this host fails; try the next
   */
  public void deliver(MxDecision decision, Message message) throws MessagingException {
    // region jakarta-mail
    try (MxTls tls = MxTls.forDecision(decision)) {
      try {
        send(decision.mxHost(), MailProperties.secure(tls), message);
      } catch (MessagingException e) {
        boolean secured = tls.verdict().isPresent(); // so TLS did not fail
        if (secured || !tls.allowsPlainText()) throw e; // next MX host
        send(decision.mxHost(), MailProperties.withoutStartTls(tls), message);
      }
    }
    // endregion
  }

  private void send(String mx, Properties properties, Message message) throws MessagingException {
    properties.setProperty("mail.smtp.connectiontimeout", "30000");
    properties.setProperty("mail.smtp.timeout", "60000");
    Session session = Session.getInstance(properties);
    try (Transport transport = session.getTransport("smtp")) {
      transport.connect(mx, port, null, null);
      transport.sendMessage(message, message.getAllRecipients());
    }
  }
}
