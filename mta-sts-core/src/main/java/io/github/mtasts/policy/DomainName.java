// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import java.util.Locale;
import java.util.Objects;

/**
 * A DNS name in normal form: lower-case A-labels, no trailing dot.
 *
 * <p>Two names are the same exactly when they are {@link #equals equal}. To convert a name with
 * U-labels, use {@code DomainNames.parse}.
 *
 * <p>Immutable, hence thread-safe.
 */
public final class DomainName implements Comparable<DomainName> {
  /** The maximum length of a name in characters, without the trailing dot: {@value}. */
  public static final int MAX_LENGTH = 253;

  /** The maximum length of a label in characters: {@value}. */
  public static final int MAX_LABEL_LENGTH = 63;

  private final String value;

  private DomainName(String value) {
    this.value = value;
  }

  /**
   * Parses an ASCII name; converts it to lower case and removes one trailing dot.
   *
   * <p>Accepts underscores, although RFC 5321 §4.1.2 does not, because some MX hosts have them.
   * Accepts hyphens at the start and end of a label for the same reason. A policy can list such a
   * host only by a wildcard.
   *
   * @param ascii labels of 1 to {@value #MAX_LABEL_LENGTH} letters, digits, hyphens and
   *     underscores, {@value #MAX_LENGTH} characters in all
   * @return the name
   * @throws IllegalArgumentException if the text is no such name; the message says why
   */
  public static DomainName of(String ascii) {
    Objects.requireNonNull(ascii, "ascii");
    int length = ascii.endsWith(".") ? ascii.length() - 1 : ascii.length();
    if (length == 0) {
      throw invalid("labels, such as mail.example.com", "no label in \"" + ascii + "\"");
    }
    if (length > MAX_LENGTH) {
      throw invalid(
          "at most " + MAX_LENGTH + " characters", length + " in \"" + Excerpt.of(ascii) + "\"");
    }
    checkLabels(ascii, length);
    // Both calls return the same string if there is nothing to change. Locale.ROOT, because a
    // Turkish default locale maps I to another letter.
    return new DomainName(ascii.substring(0, length).toLowerCase(Locale.ROOT));
  }

  private static void checkLabels(String ascii, int length) {
    int labelStart = 0;
    for (int i = 0; i < length; i++) {
      char c = ascii.charAt(i);
      if (c == '.') {
        checkLabelLength(ascii, i - labelStart);
        labelStart = i + 1;
      } else if (!Abnf.isAlphanumeric(c) && c != '-' && c != '_') {
        throw invalid(
            "ASCII letters, digits, hyphens and underscores",
            "'"
                + Excerpt.of(Character.toString(ascii.codePointAt(i)))
                + "' in \""
                + Excerpt.of(ascii)
                + "\"");
      }
    }
    checkLabelLength(ascii, length - labelStart);
  }

  private static void checkLabelLength(String ascii, int length) {
    if (length == 0) {
      throw invalid(
          "labels of at least 1 character", "an empty one in \"" + Excerpt.of(ascii) + "\"");
    }
    if (length > MAX_LABEL_LENGTH) {
      throw invalid(
          "labels of at most " + MAX_LABEL_LENGTH + " characters",
          "one of " + length + " in \"" + Excerpt.of(ascii) + "\"");
    }
  }

  private static IllegalArgumentException invalid(String expected, String found) {
    return new IllegalArgumentException("domain name: expected " + expected + ", found " + found);
  }

  /** {@return the name, for example {@code mx1.example.com}} */
  public String value() {
    return value;
  }

  /** {@return whether the name has no dot} */
  public boolean isSingleLabel() {
    return value.indexOf('.') < 0;
  }

  /**
   * Returns whether the name consists of four labels of digits, such as {@code 192.0.2.1}. DNS
   * allows it, but programs read it as an IPv4 address.
   *
   * <p>Check this before you use a name as a mail domain or pass it to an address parser.
   *
   * @return whether the name looks like an IPv4 address
   */
  public boolean isIpv4Shaped() {
    return isIpv4Shaped(value);
  }

  static boolean isIpv4Shaped(String name) {
    int dots = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '.') {
        dots++;
      } else if (!Abnf.isDigit(c)) {
        return false;
      }
    }
    return dots == 3;
  }

  /** Compares names as strings, for stable output; this is not the order of DNSSEC. */
  @Override
  public int compareTo(DomainName other) {
    return value.compareTo(other.value);
  }

  /** Whether the other is the same name. */
  @Override
  public boolean equals(Object other) {
    return other instanceof DomainName name && name.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  /** Returns {@link #value()}. */
  @Override
  public String toString() {
    return value;
  }
}
