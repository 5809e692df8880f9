package io.github.mtasts.policy;

import java.util.Locale;
import java.util.Objects;

/**
 * A DNS name as this library compares it: lower-case A-labels, no trailing dot.
 *
 * <p>Every name below the front door has this type, so that two names are the same exactly when
 * they are {@link #equals equal}. Whoever holds a name with U-labels turns it into one with {@code
 * io.github.mtasts.decision.DomainNames}.
 *
 * <p>Immutable, hence thread-safe.
 */
public final class DomainName implements Comparable<DomainName> {
  /** The most characters that a name may have, the trailing dot not counted: {@value}. */
  public static final int MAX_LENGTH = 253;

  /** The most characters that one label of a name may have: {@value}. */
  public static final int MAX_LABEL_LENGTH = 63;

  private final String value;

  private DomainName(String value) {
    this.value = value;
  }

  /**
   * Reads an ASCII name; folds case and drops one trailing dot.
   *
   * <p>Underscores are let in because MX hosts have them, in spite of RFC 5321 §4.1.2. Hyphens may
   * stand at the edge of a label for the same reason: DNS serves such names, and an MX host that
   * has one must be judged, not stumbled over. No policy can list either, except by a wildcard.
   *
   * @param ascii labels of 1 to {@value #MAX_LABEL_LENGTH} letters, digits, hyphens and
   *     underscores, {@value #MAX_LENGTH} characters in all
   * @return the name
   * @throws IllegalArgumentException if it is no such name; the message says why
   */
  public static DomainName of(String ascii) {
    Objects.requireNonNull(ascii, "ascii");
    int length = ascii.endsWith(".") ? ascii.length() - 1 : ascii.length();
    if (length == 0) {
      throw refused("labels, such as mail.example.com", "no label in \"" + ascii + "\"");
    }
    if (length > MAX_LENGTH) {
      throw refused(
          "at most " + MAX_LENGTH + " characters", length + " in \"" + Excerpt.of(ascii) + "\"");
    }
    checkLabels(ascii, length);
    // Both calls return the very same string where there is nothing to drop or fold. Locale.ROOT,
    // because a Turkish default locale has its own idea of a small I.
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
        throw refused(
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
      throw refused(
          "labels of at least 1 character", "an empty one in \"" + Excerpt.of(ascii) + "\"");
    }
    if (length > MAX_LABEL_LENGTH) {
      throw refused(
          "labels of at most " + MAX_LABEL_LENGTH + " characters",
          "one of " + length + " in \"" + Excerpt.of(ascii) + "\"");
    }
  }

  private static IllegalArgumentException refused(String expected, String found) {
    return new IllegalArgumentException("domain name: expected " + expected + ", found " + found);
  }

  /** {@return the name, for example {@code mx1.example.com}} */
  public String value() {
    return value;
  }

  /** {@return whether there is no dot in it} */
  public boolean isSingleLabel() {
    return value.indexOf('.') < 0;
  }

  /**
   * Tells four labels of digits only, such as {@code 192.0.2.1}: a DNS name by its letters, an IPv4
   * address to every program that reads it.
   *
   * <p>Use it before a name is taken for a domain of mail or handed to an address parser.
   *
   * @return whether this is such a name
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

  /** Orders names as strings, for stable output; this is not the order of DNSSEC. */
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
