package io.github.mtasts.mail;

import io.github.mtasts.tls.MxTls;
import jakarta.mail.Session;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.Properties;

/**
 * Makes the Jakarta Mail session of one connection: the caller's wishes for the message, and the
 * decision's for TLS. Thread-safe.
 */
final class SmtpSessions {
  private final Session callers;
  private final TransportOptions options;
  private final String localName;

  SmtpSessions(Session callers, TransportOptions options) {
    this.callers = callers;
    this.options = options;
    this.localName = options.localName().orElseGet(SmtpSessions::ownName);
  }

  /** Empty where this system has no name with a dot; then its address is said. RFC 5321 §4.1.4 */
  private static String ownName() {
    try {
      String name = InetAddress.getLocalHost().getCanonicalHostName();
      boolean isName = name.indexOf('.') > 0 && name.chars().anyMatch(Character::isLetter);
      return isName && name.indexOf(':') < 0 ? name : "";
    } catch (UnknownHostException e) {
      return "";
    }
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
    properties.putAll(security); // last, so that nothing takes its place
    Session session = Session.getInstance(properties);
    session.setDebugOut(callers.getDebugOut());
    session.setDebug(callers.getDebug());
    return session;
  }

  /** What to say in EHLO on this connection. */
  String localName(Socket connected) {
    if (!localName.isEmpty()) {
      return localName;
    }
    InetAddress here = connected.getLocalAddress();
    String text = here.getHostAddress();
    int zone = text.indexOf('%');
    String address = zone < 0 ? text : text.substring(0, zone);
    return here instanceof Inet6Address ? "[IPv6:" + address + "]" : "[" + address + "]";
  }
}
