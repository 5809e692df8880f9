// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.PolicySession;
import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.mail.MailProperties;
import io.github.mtasts.tls.MxTls;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import java.util.List;
import java.util.Properties;

/** A sender that secures Jakarta Mail by session properties. */
public final class JakartaMailSender {
  private final PolicyResolver resolver;
  private final int port;

  /**
   * Sets up a sender.
   *
   * @param resolver one per application
   * @param port 25, except in tests
   */
  public JakartaMailSender(PolicyResolver resolver, int port) {
    this.resolver = resolver;
    this.port = port;
  }

  /**
   * Delivers to the first usable MX host.
   *
   * @param domain the recipient domain
   * @param mxHosts its MX hosts, in order of preference
   * @param message the message
   * @return whether it was delivered; if not, the message must be deferred
   */
  public boolean deliver(String domain, List<String> mxHosts, Message message) {
    PolicySession policySession = resolver.begin(domain);
    return tryHosts(policySession, mxHosts, message)
        || (policySession.recheck() && tryHosts(policySession, mxHosts, message));
  }

  private boolean tryHosts(PolicySession policySession, List<String> mxHosts, Message message) {
    for (String mx : mxHosts) {
      // region jakarta-mail
      MxDecision decision = policySession.decide(mx);
      if (decision.isRefused()) continue; // its explain() says why
      try (MxTls tls = MxTls.forDecision(decision)) {
        try {
          send(mx, MailProperties.secure(tls), message);
        } catch (MessagingException e) {
          boolean secured = tls.verdict().isPresent(); // so TLS did not fail
          if (secured || !tls.allowsPlainText()) throw e;
          send(mx, MailProperties.withoutStartTls(tls), message);
        }
        return true;
      } catch (MessagingException e) {
        log(mx, e); // try the next MX host
      }
      // endregion
    }
    return false;
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

  private static void log(String mx, MessagingException e) {
    System.getLogger(JakartaMailSender.class.getName()).log(System.Logger.Level.INFO, mx, e);
  }
}
