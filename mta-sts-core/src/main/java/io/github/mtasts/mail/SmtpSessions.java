package io.github.mtasts.mail;

import io.github.mtasts.tls.MxTls;
import jakarta.mail.Session;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Properties;

/**
 * Makes the Jakarta Mail session of one connection: the caller's wishes for the message, and the
 * decision's for TLS. Thread-safe.
 */
final class SmtpSessions {
  private final Session callers;
  private final TransportOptions options;

  SmtpSessions(Session callers, TransportOptions options) {
    this.callers = callers;
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
    properties.putAll(security); // last, so that nothing takes its place
    Session session = Session.getInstance(properties);
    session.setDebugOut(callers.getDebugOut());
    session.setDebug(callers.getDebug());
    return session;
  }

  /** What to say in EHLO on this connection: a name, or the address. RFC 5321 §4.1.4 */
  String localName(Socket connected) {
    return options.localName().orElseGet(() -> addressOf(connected));
  }

  private static String addressOf(Socket connected) {
    InetAddress here = connected.getLocalAddress();
    String text = here.getHostAddress();
    int zone = text.indexOf('%');
    String address = zone < 0 ? text : text.substring(0, zone);
    return here instanceof Inet6Address ? "[IPv6:" + address + "]" : "[" + address + "]";
  }
}
