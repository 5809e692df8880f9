package io.github.mtasts.mail;

import io.github.mtasts.policy.Excerpt;
import jakarta.mail.MessagingException;

/**
 * What a server said. Immutable, hence thread-safe.
 *
 * @param code three digits, such as 250; less than 200 if the server said nothing that is a reply
 * @param text the reply as it came, up to {@value #KEPT} characters of it
 */
record SmtpReply(int code, String text) {
  /** A server may say 64 KiB, to each of a thousand recipients: {@value}. */
  static final int KEPT = 1000;

  private static final int SHOWN = 240;
  private static final int SERVICE_CLOSES = 421;
  private static final int TLS_FIRST = 530;
  private static final int TOO_MUCH = 552;
  private static final int TOO_MUCH_NOW = 452;

  SmtpReply {
    text = text.length() > KEPT ? text.substring(0, KEPT) : text;
  }

  /** The SMTP client makes the reply's text the message of its exceptions. */
  static SmtpReply of(int code, MessagingException thrown) {
    String text = thrown.getMessage();
    return new SmtpReply(code, text == null ? "" : text);
  }

  /** RFC 5321 §4.5.3.1.10: 552 to RCPT means too many recipients, which is for another time. */
  SmtpReply toRecipient() {
    return code == TOO_MUCH ? new SmtpReply(TOO_MUCH_NOW, text) : this;
  }

  boolean isPermanent() {
    return code >= 500 && code <= 599;
  }

  /** Whether it is a reply, and no yes. */
  boolean isRefusal() {
    return code > 0 && !isPositive();
  }

  private boolean isPositive() {
    return code >= 200 && code <= 299;
  }

  boolean isTemporary() {
    return code >= 400 && code <= 499;
  }

  /** RFC 5321 §3.8: the server closes the connection; another host may be better. */
  boolean endsConnection() {
    return code == SERVICE_CLOSES;
  }

  /** RFC 3207 §4: in clear it speaks of the connection, and not of the message. */
  boolean asksForTls() {
    return code == TLS_FIRST;
  }

  /** The enhanced status code in the reply, or the bare class of its code. RFC 2034 §3 */
  String status() {
    char kind = isPermanent() ? '5' : isPositive() ? '2' : '4'; // no reply at all is for later
    int end = 4;
    while (end < text.length()
        && (Character.isDigit(text.charAt(end)) || text.charAt(end) == '.')) {
      end++;
    }
    String found = text.length() > 4 ? text.substring(4, end) : "";
    return isEnhanced(found) && found.charAt(0) == kind ? found : kind + ".0.0";
  }

  private static boolean isEnhanced(String text) {
    String[] parts = text.split("\\.", -1);
    return parts.length == 3
        && parts[0].length() == 1
        && isShortNumber(parts[1])
        && isShortNumber(parts[2]);
  }

  private static boolean isShortNumber(String text) {
    return !text.isEmpty()
        && text.length() <= 3
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Fit for a bounce. */
  String shown() {
    return "\"" + Excerpt.of(text.strip(), SHOWN) + "\"";
  }
}
