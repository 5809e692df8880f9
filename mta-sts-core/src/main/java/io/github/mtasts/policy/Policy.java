// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A policy as fetched: which MX hosts are listed, what to do about others, and how long to cache
 * it. RFC 8461 §3.2
 *
 * <p>Get one from {@link #parse}. The constructor is for tests; it accepts only values that a
 * policy file can have, but does not compare them with {@code text}. Immutable, hence thread-safe.
 *
 * @param mode what it requires of senders
 * @param mx the patterns, in published order, at most {@value #MOST_MX_PATTERNS}; may be empty only
 *     under {@link PolicyMode#NONE}
 * @param maxAge how long it may be cached, from its fetch on; 0 to {@value
 *     #LONGEST_MAX_AGE_SECONDS} whole seconds
 * @param extensions unknown fields, the first of each name, in published order; at most {@value
 *     #MOST_EXTENSIONS}
 * @param text the text as fetched, for reports
 * @param warnings what the domain's owner should fix, each with its line: flaws that {@link
 *     Reading#TOLERANT} accepted and, in both readings, fields that are valid but useless, such as
 *     a repeated field or an address as {@code mx}; at most 21
 */
public record Policy(
    PolicyMode mode,
    List<MxPattern> mx,
    Duration maxAge,
    Map<String, String> extensions,
    String text,
    List<String> warnings) {

  /** The maximum {@code max_age} in seconds, a year of 365.25 days: {@value}. RFC 8461 §3.2 */
  public static final int LONGEST_MAX_AGE_SECONDS = 31_557_600;

  /**
   * The maximum number of {@code mx} fields: {@value}.
   *
   * <p>RFC 8461 §3.2 choice: it sets no limit, and RFC 8461 §3.3 limits only the length. A file of
   * that length with only tiny fields takes as much memory as a thousand ordinary policies. A
   * wildcard lists any number of hosts in one field.
   */
  public static final int MOST_MX_PATTERNS = 200;

  /**
   * The maximum number of extension fields with different names: {@value}.
   *
   * <p>RFC 8461 §3.2 choice: limited for the same reason as {@link #MOST_MX_PATTERNS}. Senders
   * ignore such fields.
   */
  public static final int MOST_EXTENSIONS = 100;

  /**
   * Checks and copies the values.
   *
   * @param mode what it requires of senders
   * @param mx at most {@value #MOST_MX_PATTERNS} patterns; at least one, unless the mode is {@link
   *     PolicyMode#NONE}
   * @param maxAge 0 to {@value #LONGEST_MAX_AGE_SECONDS} whole seconds
   * @param extensions at most {@value #MOST_EXTENSIONS} unknown fields, in published order; names
   *     and values by RFC 8461 §3.2
   * @param text the text as fetched
   * @param warnings what the domain's owner should fix
   * @throws IllegalArgumentException if no policy file can have such a value
   */
  public Policy {
    Objects.requireNonNull(mode, "mode");
    Objects.requireNonNull(maxAge, "maxAge");
    Objects.requireNonNull(text, "text");
    mx = List.copyOf(mx);
    if (mx.isEmpty() && mode != PolicyMode.NONE) {
      throw new IllegalArgumentException(
          "policy: expected an mx under mode " + mode.label() + ", found none");
    }
    if (maxAge.isNegative() || maxAge.compareTo(Duration.ofSeconds(LONGEST_MAX_AGE_SECONDS)) > 0) {
      throw new IllegalArgumentException(
          "policy: expected max_age of 0 to "
              + LONGEST_MAX_AGE_SECONDS
              + " seconds, found "
              + maxAge);
    }
    if (!maxAge.equals(Duration.ofSeconds(maxAge.toSeconds()))) {
      throw new IllegalArgumentException(
          "policy: expected max_age in whole seconds, found " + maxAge);
    }
    atMost(MOST_MX_PATTERNS, "mx fields", mx.size());
    atMost(MOST_EXTENSIONS, "extension fields", extensions.size());
    extensions = Extensions.OF_POLICIES.copyOf(extensions);
    warnings = List.copyOf(warnings);
  }

  private static void atMost(int most, String what, int found) {
    if (found > most) {
      throw new IllegalArgumentException(
          "policy: expected at most " + most + " " + what + ", found " + found);
    }
  }

  /**
   * Parses a policy file.
   *
   * <p>Accepts any octets; the time is proportional to the length. The caller limits the length.
   *
   * @param body the octets as fetched, UTF-8
   * @param reading how strictly to read
   * @return the policy
   * @throws PolicySyntaxException if the file is no valid policy; names the line, the text and the
   *     rule
   */
  public static Policy parse(byte[] body, Reading reading) throws PolicySyntaxException {
    Objects.requireNonNull(body, "body");
    Objects.requireNonNull(reading, "reading");
    return PolicyParser.parse(body, reading);
  }

  /**
   * Finds the pattern that lists a host. RFC 8461 §4.1
   *
   * @param mxHost the name in the MX record, not the target of a CNAME
   * @return the first such pattern; empty if the host is not listed
   */
  public Optional<MxPattern> match(DomainName mxHost) {
    for (MxPattern pattern : mx) {
      if (pattern.matches(mxHost)) {
        return Optional.of(pattern);
      }
    }
    return Optional.empty();
  }

  /**
   * Returns the {@code policy-string} of TLS reports. RFC 8460 §4.4
   *
   * @return the lines of {@link #text} as served, without line ends
   */
  public List<String> policyStrings() {
    return List.copyOf(PolicyText.lines(text));
  }
}
