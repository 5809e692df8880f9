// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import io.github.mtasts.tls.MxTls;
import java.util.Properties;

/**
 * Session properties that secure Angus Mail's SMTP transport for one attempt at one MX host.
 *
 * <p>Put them into the properties of the session, over those it has already, and then get the
 * transport, whose constructor reads them. Use one session for each attempt, since the socket
 * factory is bound to one MX host. They override properties that a session may have for a
 * submission server (TLS from the first octet, socket factories by class name, hosts trusted
 * without a check): each of those would bypass the factory that checks the certificate.
 *
 * <p>Take the decision for the host from a {@link io.github.mtasts.PolicySession}, which also
 * reports a host that the policy refuses, and {@code recheck} it once if no host was usable.
 *
 * <p>Connect the socket yourself and pass it to {@code SMTPTransport.connect(Socket)}. Make the
 * address with {@code InetAddress.getByAddress(mxHost, octets)}; otherwise the transport makes a
 * reverse DNS lookup. Set the socket's {@code SO_TIMEOUT}: {@code mail.smtp.timeout} does not apply
 * to a socket that was passed in.
 *
 * <p>After a failure call {@link MxTls#allowsPlainText()}; if it returns true, try once more on a
 * new connection with {@link #withoutStartTls}. For the {@code smtp} protocol only; MX hosts do not
 * use {@code smtps} (RFC 8314 is for submission). Stateless, hence thread-safe.
 */
public final class MailProperties {
  private static final String STARTTLS_ENABLE = "mail.smtp.starttls.enable";
  private static final String STARTTLS_REQUIRED = "mail.smtp.starttls.required";
  private static final String SOCKET_FACTORY = "mail.smtp.ssl.socketFactory";
  private static final String SOCKET_FACTORY_CLASS = "mail.smtp.ssl.socketFactory.class";
  private static final String CHECK_IDENTITY = "mail.smtp.ssl.checkserveridentity";
  private static final String IMPLICIT_TLS = "mail.smtp.ssl.enable";
  private static final String PLAIN_SOCKET_FACTORY = "mail.smtp.socketFactory";
  private static final String PLAIN_SOCKET_FACTORY_CLASS = "mail.smtp.socketFactory.class";

  /** Not a class name; if the factory instance is missing, the exception quotes this text. */
  private static final String MISSING_INSTANCE =
      "none: put the instance of mail.smtp.ssl.socketFactory into the session's own properties";

  private MailProperties() {}

  /**
   * Returns the {@code mail.smtp.*} properties for one attempt at one MX host.
   *
   * <p>STARTTLS is used where offered, and required unless mail may go in clear: with {@code
   * starttls.enable} alone the transport would deliver in clear if STARTTLS is missing; {@code
   * starttls.required} makes it refuse. The TLS socket factory is an instance, which takes
   * precedence over class names and over {@code ssl.trust}; if it is missing from the session, the
   * handshake fails. TLS from the first octet is off: with it {@code ssl.trust} takes precedence,
   * and a failure falls back to the JDK's factory. There is no factory for plain sockets: one that
   * makes TLS sockets would bypass STARTTLS. The transport's own name check is off: the factory
   * checks by stricter rules and reports what it found.
   *
   * @param tls TLS for the attempt; under a REFUSED decision nothing can be sent
   * @return a new object. The factory in it is an instance: copy with {@code putAll}, since {@code
   *     getProperty} does not return it
   */
  public static Properties secure(MxTls tls) {
    Properties properties = properties(tls);
    properties.setProperty(STARTTLS_ENABLE, "true");
    properties.setProperty(STARTTLS_REQUIRED, String.valueOf(!tls.allowsPlainText()));
    return properties;
  }

  /**
   * Returns the same for a new connection in clear, after TLS failed in testing or without a
   * policy. RFC 7435 §3
   *
   * @param tls TLS of the attempt that failed
   * @return a new object
   * @throws IllegalStateException if mail must not go in clear to this host
   */
  public static Properties withoutStartTls(MxTls tls) {
    if (!tls.allowsPlainText()) {
      throw new IllegalStateException(
          "mail in clear: expected a decision that allows it, found one that does not; ask"
              + " allowsPlainText() first and try the next MX host");
    }
    Properties properties = properties(tls);
    properties.setProperty(STARTTLS_ENABLE, "false");
    properties.setProperty(STARTTLS_REQUIRED, "false");
    return properties;
  }

  private static Properties properties(MxTls tls) {
    Properties properties = new Properties();
    properties.put(SOCKET_FACTORY, tls.socketFactory());
    properties.setProperty(SOCKET_FACTORY_CLASS, MISSING_INSTANCE);
    properties.setProperty(CHECK_IDENTITY, "false");
    properties.setProperty(IMPLICIT_TLS, "false");
    properties.setProperty(PLAIN_SOCKET_FACTORY, "");
    properties.setProperty(PLAIN_SOCKET_FACTORY_CLASS, "");
    return properties;
  }
}
