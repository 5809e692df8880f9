package io.github.mtasts.mail;

import io.github.mtasts.tls.MxTls;
import java.util.Properties;

/**
 * Secures a Jakarta Mail session for one attempt at one MX host, by properties alone.
 *
 * <p>Put them into the properties of the session, over what it has there already, before asking it
 * for its transport, whose constructor reads them; one session for each attempt, as the factory
 * among them is bound to one MX host. What a session may carry from its days with a submission
 * server (TLS from the first octet, socket factories by class name, hosts to be trusted blindly) is
 * overruled: each of those leads the transport round the factory that judges. Dial yourself and
 * hand the transport the connected socket ({@code SMTPTransport.connect(Socket)}): make the address
 * by {@code InetAddress.getByAddress(mxHost, octets)}, or the transport asks the DNS for a reverse
 * name, and set the socket's {@code SO_TIMEOUT}, which {@code mail.smtp.timeout} does not do for a
 * socket that was handed in.
 *
 * <p>After a failure ask {@link MxTls#allowsPlainText()} and, if it does, try once more on a new
 * connection with {@link #withoutStartTls}. Only the {@code smtp} protocol is meant; MX hosts do
 * not speak {@code smtps} (RFC 8314 is for submission). Stateless, hence thread-safe.
 */
public final class MailProperties {
  private static final String STARTTLS_ENABLE = "mail.smtp.starttls.enable";
  private static final String STARTTLS_REQUIRED = "mail.smtp.starttls.required";
  private static final String SOCKET_FACTORY = "mail.smtp.ssl.socketFactory";
  private static final String SOCKET_FACTORY_CLASS = "mail.smtp.ssl.socketFactory.class";
  private static final String CHECK_IDENTITY = "mail.smtp.ssl.checkserveridentity";
  private static final String TLS_AT_ONCE = "mail.smtp.ssl.enable";
  private static final String PLAIN_FACTORY = "mail.smtp.socketFactory";
  private static final String PLAIN_FACTORY_CLASS = "mail.smtp.socketFactory.class";

  /** No class has this name; the exception for that quotes it. */
  private static final String INSTANCE_IS_LOST =
      "none: put the instance of mail.smtp.ssl.socketFactory into the session's own properties";

  private MailProperties() {}

  /**
   * Returns the {@code mail.smtp.*} properties for one attempt at one MX host.
   *
   * <p>STARTTLS is used where offered, and required unless mail may go in clear: {@code
   * starttls.enable} alone would deliver in clear when it is missing, and {@code starttls.required}
   * is what refuses. The TLS socket factory is an instance, which wins over class names and over a
   * stray {@code ssl.trust}; where it gets lost on the way into the session, the handshake fails.
   * TLS from the first octet is off, since with it {@code ssl.trust} wins and a failure falls back
   * to the JDK's factory; and there is no factory for plain sockets, because one that makes TLS
   * sockets would spare the server STARTTLS. The transport's own comparison of names is off, as the
   * factory's judge compares by stricter rules and says what it found.
   *
   * @param tls TLS for the attempt; under a REFUSED decision the properties let nothing through
   * @return a fresh object, with the factory in it as an instance (so {@code put} it all, {@code
   *     getProperty} does not see it)
   */
  public static Properties secure(MxTls tls) {
    Properties properties = properties(tls);
    properties.setProperty(STARTTLS_ENABLE, "true");
    properties.setProperty(STARTTLS_REQUIRED, String.valueOf(!tls.allowsPlainText()));
    return properties;
  }

  /**
   * Returns the same for a new connection in clear, after TLS failed where the policy allows that:
   * in testing, or without a policy. RFC 7435 §3
   *
   * @param tls TLS of the attempt that failed
   * @return a fresh object
   * @throws IllegalStateException if mail must not go in clear to this host
   */
  public static Properties withoutStartTls(MxTls tls) {
    if (!tls.allowsPlainText()) {
      throw new IllegalStateException(
          "mail in clear: expected a decision that allows it, found one that does not; ask"
              + " allowsPlainText() first and go to the next MX host");
    }
    Properties properties = properties(tls);
    properties.setProperty(STARTTLS_ENABLE, "false");
    properties.setProperty(STARTTLS_REQUIRED, "false");
    return properties;
  }

  private static Properties properties(MxTls tls) {
    Properties properties = new Properties();
    properties.put(SOCKET_FACTORY, tls.socketFactory());
    properties.setProperty(SOCKET_FACTORY_CLASS, INSTANCE_IS_LOST);
    properties.setProperty(CHECK_IDENTITY, "false");
    properties.setProperty(TLS_AT_ONCE, "false");
    properties.setProperty(PLAIN_FACTORY, "");
    properties.setProperty(PLAIN_FACTORY_CLASS, "");
    return properties;
  }
}
