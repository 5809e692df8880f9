// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import io.github.mtasts.tls.MxTls;
import jakarta.mail.Session;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Properties;

/**
 * Makes the Jakarta Mail session of one connection: message properties from the caller, TLS
 * properties from the decision. Thread-safe.
 */
final class SmtpSessions {
  private final Session original;
  private final TransportOptions options;

  SmtpSessions(Session original, TransportOptions options) {
    this.original = original;
    this.options = options;
  }

  Session secure(MxTls tls) {
    return session(MailProperties.secure(tls));
  }

  Session withoutStartTls(MxTls tls) {
    return session(MailProperties.withoutStartTls(tls));
  }

  private Session session(Properties security) {
    Properties properties = new Properties();
    properties.putAll(options.smtp());
    properties.setProperty("mail.smtp.sendpartial", "true");
    properties.setProperty("mail.smtp.quitwait", "false");
    properties.putAll(security); // last, so that nothing overrides it
    Session session = Session.getInstance(properties);
    session.setDebugOut(original.getDebugOut());
    session.setDebug(original.getDebug());
    return session;
  }

  /** The name or address for EHLO on this connection. RFC 5321 §4.1.4 */
  String localName(Socket connected) {
    return options.localName().orElseGet(() -> addressOf(connected));
  }

  private static String addressOf(Socket connected) {
    InetAddress local = connected.getLocalAddress();
    String text = local.getHostAddress();
    int zone = text.indexOf('%');
    String address = zone < 0 ? text : text.substring(0, zone);
    return local instanceof Inet6Address ? "[IPv6:" + address + "]" : "[" + address + "]";
  }
}
