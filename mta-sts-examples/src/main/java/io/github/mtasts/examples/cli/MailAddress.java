// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.decision.DomainNames;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses {@code local-part@domain} for the envelope; converts the domain to A-labels. */
final class MailAddress implements ITypeConverter<String> {
  private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";

  /** RFC 5321 §4.1.3; the transport validates the IPv6 address. */
  private static final Pattern LITERAL =
      Pattern.compile("\\[(?:" + OCTET + "(?:\\." + OCTET + "){3}|(?i:IPv6:)[0-9A-Fa-f:.]+)\\]");

  @Override
  public String convert(String text) {
    int at = text.lastIndexOf('@');
    if (at < 1) {
      throw refused(text);
    }
    return localPart(text.substring(0, at), text) + "@" + domain(text.substring(at + 1), text);
  }

  private static String localPart(String localPart, String text) {
    // The transport refuses angle brackets and control characters, even quoted ones.
    boolean isPlain =
        localPart.chars().noneMatch(c -> Character.isISOControl(c) || c == '<' || c == '>');
    if (!isPlain || localPart.startsWith("@")) {
      throw refused(text);
    }
    try {
      InternetAddress sample = new InternetAddress();
      sample.setAddress(localPart + "@example.com");
      sample.validate();
      return localPart;
    } catch (AddressException e) {
      throw refused(text);
    }
  }

  private static String domain(String domain, String text) {
    if (domain.startsWith("[")) {
      if (!LITERAL.matcher(domain).matches()) {
        throw refused(text);
      }
      return domain;
    }
    try {
      return DomainNames.parse(domain).value();
    } catch (IllegalArgumentException notAName) {
      throw new TypeConversionException(notAName.getMessage());
    }
  }

  private static TypeConversionException refused(String text) {
    return new TypeConversionException(
        "expected an address such as ann@example.com, without a display name, found " + text);
  }

  /** Returns whether the text is ASCII; other addresses need SMTPUTF8. RFC 6531 §3.3 */
  static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  /** Also accepts {@code <>}, the sender of bounces. RFC 5321 §4.5.5 */
  static final class Sender implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      return text.equals("<>") ? text : new MailAddress().convert(text);
    }
  }
}
