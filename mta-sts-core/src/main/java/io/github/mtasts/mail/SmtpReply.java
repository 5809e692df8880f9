// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import io.github.mtasts.policy.Excerpt;
import jakarta.mail.MessagingException;

/**
 * A reply of a server. Immutable, hence thread-safe.
 *
 * @param code three digits, such as 250; less than 200 if the server sent no valid reply
 * @param text the reply as it came, up to {@value #MAX_LENGTH} characters
 */
record SmtpReply(int code, String text) {
  /** The most characters kept, as a server may send 64 KiB for each recipient: {@value}. */
  static final int MAX_LENGTH = 1000;

  private static final int MAX_SHOWN = 240;
  private static final int SERVICE_CLOSING = 421;
  private static final int TLS_REQUIRED = 530;
  private static final int STORAGE_EXCEEDED = 552;
  private static final int TOO_MANY_RECIPIENTS = 452;

  SmtpReply {
    text = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) : text;
  }

  /** Reads the text from the exception: the SMTP client makes it the message. */
  static SmtpReply of(int code, MessagingException thrown) {
    String text = thrown.getMessage();
    return new SmtpReply(code, text == null ? "" : text);
  }

  /** RFC 5321 §4.5.3.1.10: 552 to RCPT TO means too many recipients, and is temporary. */
  SmtpReply toRecipient() {
    return code == STORAGE_EXCEEDED ? new SmtpReply(TOO_MANY_RECIPIENTS, text) : this;
  }

  boolean isPermanent() {
    return code >= 500 && code <= 599;
  }

  /** Whether it is a reply and not a positive one. */
  boolean isRefusal() {
    return code > 0 && !isPositive();
  }

  private boolean isPositive() {
    return code >= 200 && code <= 299;
  }

  boolean isTemporary() {
    return code >= 400 && code <= 499;
  }

  /** RFC 5321 §3.8: the server closes the connection; another host may accept the message. */
  boolean endsConnection() {
    return code == SERVICE_CLOSING;
  }

  /** RFC 3207 §4: in clear this concerns the connection, not the message. */
  boolean asksForTls() {
    return code == TLS_REQUIRED;
  }

  /** The enhanced status code in the reply, or the bare class of its code. RFC 2034 §3 */
  String status() {
    char kind = isPermanent() ? '5' : isPositive() ? '2' : '4'; // no valid reply is temporary
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

  /** Returns the text quoted, shortened and on one line, for a bounce. */
  String shown() {
    return "\"" + Excerpt.of(text.strip(), MAX_SHOWN) + "\"";
  }
}
