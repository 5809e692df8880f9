// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Excerpt;
import java.util.Objects;
import okhttp3.HttpUrl;

/**
 * Converts names in any form to {@link DomainName}s, U-labels to A-labels.
 *
 * <p>{@code java.net.IDN} knows only IDNA 2003, which maps {@code straße.example} to a different
 * domain; OkHttp maps by UTS #46, non-transitional, as browsers do.
 *
 * <p>Stateless, hence thread-safe.
 */
public final class DomainNames {
  /** Enough for a name of 253 characters in decomposed form; mapping time is not linear. */
  private static final int MAX_UNICODE_LENGTH = 1024;

  /** The longer of the two prefixes that a policy domain gets. RFC 8461 §3.1 */
  private static final String RECORD_PREFIX = "_mta-sts.";

  private DomainNames() {}

  /**
   * Parses a name: U-labels (UTS #46, non-transitional), A-labels, any case, with or without a
   * trailing dot.
   *
   * <p>Use it for MX host names. Text in ASCII is not mapped: whether an A-label decodes to valid
   * Unicode is not checked.
   *
   * @param name labels of letters, digits, hyphens and underscores
   * @return the name in A-labels
   * @throws IllegalArgumentException if it is no DNS name; the message says what was expected
   */
  public static DomainName parse(String name) {
    Objects.requireNonNull(name, "name");
    return DomainName.of(isAscii(name) ? name : toALabels(name));
  }

  /**
   * Parses a name that can have a policy; refuses address literals, addresses, single labels, and
   * names that are too long with {@code _mta-sts.} before them. RFC 8461 §3.4
   *
   * @param name the domain of a mail address, or of a smart host
   * @return the name in A-labels
   * @throws IllegalArgumentException if it is no DNS name or can have no policy; the message says
   *     what was expected
   */
  public static DomainName parsePolicyDomain(String name) {
    Objects.requireNonNull(name, "name");
    if (name.startsWith("[") || isIpv6Shaped(name)) {
      throw refused("a domain name, since addresses have no policy", name);
    }
    DomainName domain = parse(name);
    if (domain.isIpv4Shaped()) {
      throw refused("a domain name, since addresses have no policy", name);
    }
    if (domain.isSingleLabel()) {
      throw refused("a name of two labels or more, such as example.com", name);
    }
    int longest = DomainName.MAX_LENGTH - RECORD_PREFIX.length();
    if (domain.value().length() > longest) {
      throw refused("at most " + longest + " characters, to leave room for " + RECORD_PREFIX, name);
    }
    return domain;
  }

  private static boolean isAscii(String name) {
    return name.chars().allMatch(c -> c < 0x80);
  }

  private static String toALabels(String name) {
    if (name.length() > MAX_UNICODE_LENGTH || !name.chars().allMatch(DomainNames::mayBeMapped)) {
      throw notMapped(name);
    }
    try {
      return new HttpUrl.Builder().scheme("https").host(name).build().host();
    } catch (IllegalArgumentException e) {
      // Not used as the cause: its message repeats the text unescaped.
      throw notMapped(name);
    }
  }

  /** Refuses the ASCII characters that HttpUrl would interpret as parts of a URL. */
  private static boolean mayBeMapped(int c) {
    return c >= 0x80 || c == '.' || c == '-' || c == '_' || Character.isLetterOrDigit(c);
  }

  /** Two colons mean an address; one means a host with a port, which is no name either. */
  private static boolean isIpv6Shaped(String name) {
    return name.indexOf(':') != name.lastIndexOf(':');
  }

  private static IllegalArgumentException notMapped(String name) {
    return new IllegalArgumentException(
        "domain name: expected labels that IDNA can map, found \"" + Excerpt.of(name) + "\"");
  }

  private static IllegalArgumentException refused(String expected, String name) {
    return new IllegalArgumentException(
        "policy domain: expected " + expected + ", found \"" + Excerpt.of(name) + "\"");
  }
}
