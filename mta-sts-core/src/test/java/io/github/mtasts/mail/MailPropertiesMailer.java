// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.tls.MxTls;
import io.github.mtasts.tls.TlsVerdict;
import jakarta.mail.Address;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.URLName;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;
import java.util.Properties;
import org.eclipse.angus.mail.smtp.SMTPTransport;

/** Delivers with Jakarta Mail to one MX host, as an application that uses MailProperties does. */
final class MailPropertiesMailer {
  private static final int TIMEOUT_MILLIS = 5_000;
  private static final int READY = 220;
  private static final int DONE = 250;

  private final MxDecision decision;
  private final InetSocketAddress server;

  MailPropertiesMailer(MxDecision decision, InetSocketAddress server) {
    this.decision = decision;
    this.server = server;
  }

  /** Delivers, or throws if it cannot or must not. */
  Optional<TlsVerdict> deliver(String text) throws MessagingException, IOException {
    try (MxTls tls = MxTls.forDecision(decision)) {
      try {
        send(tls, MailProperties.secure(tls), text);
      } catch (MessagingException e) {
        if (!failedBecauseOfTls(tls) || !tls.allowsPlainText()) {
          throw e;
        }
        send(tls, MailProperties.withoutStartTls(tls), text);
      }
      return tls.verdict();
    }
  }

  private static boolean failedBecauseOfTls(MxTls tls) {
    return tls.verdict().filter(verdict -> !(verdict instanceof TlsVerdict.Trusted)).isPresent();
  }

  private void send(MxTls tls, Properties properties, String text)
      throws MessagingException, IOException {
    Session session = Session.getInstance(properties);
    try (SMTPTransport transport =
        new SMTPTransport(session, new URLName("smtp", null, -1, null, null, null))) {
      connect(transport, tls);
      Message message = message(session, text);
      transport.sendMessage(message, message.getAllRecipients());
    }
  }

  private void connect(SMTPTransport transport, MxTls tls) throws MessagingException, IOException {
    Socket socket = connectSocket();
    try {
      transport.connect(socket);
    } catch (MessagingException e) {
      socket.close();
      reportTls(transport, tls, e);
      throw e;
    }
    if (!transport.isSSL()) {
      tls.startTlsMissing();
    }
  }

  /** The address carries the name, so that the transport makes no reverse lookup. */
  private Socket connectSocket() throws IOException {
    InetAddress named =
        InetAddress.getByAddress(decision.mxHost(), server.getAddress().getAddress());
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(named, server.getPort()), TIMEOUT_MILLIS);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  /** Decides by reply codes and extensions, since the exceptions have no type. */
  private static void reportTls(SMTPTransport transport, MxTls tls, MessagingException e) {
    int reply = transport.getLastReturnCode();
    if (transport.supportsExtension("STARTTLS")) {
      if (reply == READY) {
        tls.handshakeFailed(e);
      } else {
        tls.startTlsRefused(reply, transport.getLastServerResponse());
      }
    } else if (reply == DONE && tls.verdict().isEmpty()) {
      tls.startTlsMissing();
    }
  }

  private static Message message(Session session, String text) throws MessagingException {
    MimeMessage message = new MimeMessage(session);
    message.setFrom(new InternetAddress("alice@example.org"));
    message.setRecipients(
        Message.RecipientType.TO, new Address[] {new InternetAddress("bob@example.com")});
    message.setSubject("Hello");
    message.setText(text);
    message.saveChanges();
    return message;
  }
}
