// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * One {@code mx} value of a policy: a host name, or {@code *.} and a name. RFC 8461 §4.1
 *
 * <p>The asterisk matches exactly one label, the left-most: {@code *.example.com} lists {@code
 * mx1.example.com}, but neither {@code example.com} nor {@code a.mx1.example.com}. Patterns are
 * equal if they list the same hosts.
 *
 * <p>Immutable, hence thread-safe; a comparison allocates nothing.
 */
public final class MxPattern {
  /** The maximum length of a {@code Domain} in octets: {@value}. RFC 5321 §4.5.3.1.2 */
  private static final int MAX_DOMAIN_LENGTH = 255;

  private final String text;
  private final boolean wildcard;

  /** In lower case: the host; with a wildcard, the end of the host from its first dot on. */
  private final String name;

  private MxPattern(String text, boolean wildcard, String name) {
    this.text = text;
    this.wildcard = wildcard;
    this.name = name;
  }

  /**
   * Parses one value, {@code ["*."] Domain}. RFC 8461 §3.2
   *
   * <p>A {@code Domain} is labels of letters, digits and inner hyphens: no underscore, no trailing
   * dot, no port, no address literal, no U-label. RFC 5321 §4.1.2
   *
   * @param text the value, without blanks around it
   * @return the pattern
   * @throws IllegalArgumentException if the value is not a pattern; the message says why
   */
  public static MxPattern of(String text) {
    Objects.requireNonNull(text, "text");
    boolean wildcard = text.startsWith("*.");
    int domain = wildcard ? 2 : 0;
    if (text.length() - domain > MAX_DOMAIN_LENGTH) {
      throw invalid("at most " + MAX_DOMAIN_LENGTH + " characters", text);
    }
    checkDomain(text, domain);
    // With a wildcard, the name keeps the dot after the asterisk.
    String name = text.substring(wildcard ? 1 : 0).toLowerCase(Locale.ROOT);
    return new MxPattern(text, wildcard, name);
  }

  private static void checkDomain(String text, int start) {
    int labelStart = start;
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.') {
        checkLabel(text, labelStart, i);
        labelStart = i + 1;
      } else if (!Abnf.isAlphanumeric(c) && c != '-') {
        throw invalid("a host name of letters, digits and hyphens, or *. and such a name", text);
      }
    }
    checkLabel(text, labelStart, text.length());
  }

  private static void checkLabel(String text, int start, int end) {
    if (start == end) {
      throw invalid("a host name without empty labels or a dot at its end", text);
    }
    if (text.charAt(start) == '-' || text.charAt(end - 1) == '-') {
      throw invalid("labels that begin and end with a letter or digit", text);
    }
  }

  private static IllegalArgumentException invalid(String expected, String text) {
    return new IllegalArgumentException(
        "mx: expected " + expected + ", found \"" + Excerpt.of(text) + "\"");
  }

  /**
   * Returns whether this pattern lists the host. RFC 8461 §4.1
   *
   * @param mxHost the name in the MX record, not the target of a CNAME
   * @return whether it is listed
   */
  public boolean matches(DomainName mxHost) {
    String host = mxHost.value();
    if (!wildcard) {
      return host.equals(name);
    }
    // Both conditions together: exactly one label stands before the name.
    return host.endsWith(name) && host.indexOf('.') == host.length() - name.length();
  }

  /** Why this pattern is valid but cannot match any MX host, if so. */
  Optional<String> whyUseless() {
    if (!wildcard && DomainName.isIpv4Shaped(name)) {
      return Optional.of("is an IPv4 address; list the name of the MX host");
    }
    if (longestLabel() > DomainName.MAX_LABEL_LENGTH) {
      return Optional.of(
          "has a label of more than "
              + DomainName.MAX_LABEL_LENGTH
              + " characters; no host name can have one");
    }
    return Optional.empty();
  }

  private int longestLabel() {
    int longest = 0;
    int start = 0;
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', start)) {
      longest = Math.max(longest, dot - start);
      start = dot + 1;
    }
    return Math.max(longest, name.length() - start);
  }

  /** {@return the pattern as published} */
  public String text() {
    return text;
  }

  /** Returns whether the other pattern lists the same hosts. */
  @Override
  public boolean equals(Object other) {
    return other instanceof MxPattern pattern && pattern.name.equals(name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  /** Returns {@link #text()}. */
  @Override
  public String toString() {
    return text;
  }
}
