// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.mail.DomainDelivery;
import io.github.mtasts.mail.MtaStsTransport;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.james.core.MailAddress;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeUtils;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMailet;
import org.eclipse.angus.mail.smtp.SMTPMessage;

/**
 * Remote delivery for Apache James with MTA-STS.
 *
 * <p>Replaces {@code RemoteDelivery} in {@code mailetcontainer.xml}. {@code RemoteDelivery} does
 * not support properties per MX host: it reads them from its configuration, as strings, and shares
 * its sessions between all hosts. Safe for use by several threads.
 */
final class JamesMailet extends GenericMailet {
  private static final AttributeName TRIES = AttributeName.of("mta-sts-tries");
  private static final int MINUTES_BETWEEN = 30;

  /** {@value}: five days. RFC 5321 §4.5.4.1 */
  private static final int MAX_TRIES = 5 * 24 * 60 / MINUTES_BETWEEN;

  private final PolicyResolver resolver;
  private final Properties properties;

  /**
   * Sets up a mailet.
   *
   * @param resolver one per server
   * @param properties {@code mail.mta-sts.*}; empty, except in tests
   */
  JamesMailet(PolicyResolver resolver, Properties properties) {
    this.resolver = resolver;
    this.properties = properties;
  }

  @Override
  public void service(Mail mail) throws MessagingException {
    // region james
    SMTPMessage message = new SMTPMessage(mail.getMessage());
    message.setEnvelopeFrom(mail.getMaybeSender().asString());
    Session session = Session.getInstance(properties);
    try (MtaStsTransport transport = new MtaStsTransport(session, resolver)) {
      transport.connect();
      for (DomainDelivery delivery : transport.deliver(message, recipients(mail))) {
        if (!delivery.failed().isEmpty()) bounce(mail, delivery.failed(), delivery.bounceText());
        if (!delivery.deferred().isEmpty()) keep(mail, delivery.deferred(), delivery.detail());
      }
    }
    mail.setState(Mail.GHOST); // every recipient is handled
    // endregion
  }

  private static InternetAddress[] recipients(Mail mail) throws MessagingException {
    List<InternetAddress> recipients = new ArrayList<>();
    for (MailAddress recipient : mail.getRecipients()) {
      recipients.add(new InternetAddress(recipient.asString()));
    }
    return recipients.toArray(InternetAddress[]::new);
  }

  private void bounce(Mail mail, List<Address> recipients, String why) throws MessagingException {
    if (mail.hasSender()) { // a notification is never bounced
      getMailetContext().bounce(copyFor(recipients, mail), why);
    }
  }

  private void keep(Mail mail, List<Address> recipients, String why) throws MessagingException {
    int tries = 1 + AttributeUtils.getValueAndCastFromMail(mail, TRIES, Integer.class).orElse(0);
    if (tries >= MAX_TRIES) {
      bounce(mail, recipients, why);
      return;
    }
    Mail later = copyFor(recipients, mail);
    later.setAttribute(new Attribute(TRIES, AttributeValue.of(tries)));
    getMailetContext().sendMail(later, mail.getState(), MINUTES_BETWEEN, TimeUnit.MINUTES);
  }

  private static Mail copyFor(List<Address> recipients, Mail mail) throws MessagingException {
    List<MailAddress> addresses = new ArrayList<>();
    for (Address recipient : recipients) {
      addresses.add(new MailAddress(((InternetAddress) recipient).getAddress()));
    }
    Mail copy = mail.duplicate();
    copy.setRecipients(addresses);
    return copy;
  }
}
