package io.github.mtasts.mail;

import io.github.mtasts.tls.MxTls;
import java.util.Properties;

/** Secures a Jakarta Mail session by properties alone. */
@SuppressWarnings("all")
public final class MailProperties {
  private MailProperties() {}

  /** Returns the four {@code mail.smtp.*} properties for one attempt at one MX host. */
  public static Properties secure(MxTls tls) {
    throw new IllegalStateException(tls.toString());
  }

  /**
   * Returns the same four for a new connection in clear, after TLS failed where the policy allows
   * that.
   */
  public static Properties withoutStartTls(MxTls tls) {
    throw new IllegalStateException(tls.toString());
  }
}
