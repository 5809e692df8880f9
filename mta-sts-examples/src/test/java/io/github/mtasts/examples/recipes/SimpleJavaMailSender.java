// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.mail.MtaStsTransport;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import org.simplejavamail.api.email.Email;
import org.simplejavamail.api.mailer.CustomMailer;
import org.simplejavamail.api.mailer.Mailer;
import org.simplejavamail.api.mailer.config.OperationalConfig;
import org.simplejavamail.mailer.MailerBuilder;

/** Sends with Simple Java Mail directly to MX hosts. */
final class SimpleJavaMailSender {
  private SimpleJavaMailSender() {}

  static Mailer mailer(PolicyResolver resolver) {
    // region simple-java-mail
    CustomMailer direct =
        new CustomMailer() {
          @Override
          public void sendMessage(
              OperationalConfig config, Session session, Email email, MimeMessage message) {
            try (MtaStsTransport transport = new MtaStsTransport(session, resolver)) {
              transport.connect();
              transport.sendMessage(message, message.getAllRecipients());
            } catch (MessagingException e) {
              throw new IllegalStateException(e); // its cause has the result of each domain
            }
          }

          @Override
          public void testConnection(OperationalConfig config, Session session) {}
        };
    return MailerBuilder.withCustomMailer(direct).buildMailer();
    // endregion
  }
}
