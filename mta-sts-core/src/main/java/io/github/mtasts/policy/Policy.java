package io.github.mtasts.policy;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A policy as fetched: which MX hosts are genuine, what to do about others, and for how long to
 * remember it. RFC 8461 §3.2
 *
 * <p>Get one from {@link #parse}; the constructor is for tests and takes only what a policy file
 * could say. Immutable, hence thread-safe.
 *
 * @param mode what it asks of senders
 * @param mx the patterns, in published order, {@value #MOST_MX_PATTERNS} at most; may be empty only
 *     under {@link PolicyMode#NONE}
 * @param maxAge how long it may be remembered from its fetch, 0 to {@value
 *     #LONGEST_MAX_AGE_SECONDS} seconds
 * @param extensions unknown fields, first of each name, in published order, {@value
 *     #MOST_EXTENSIONS} at most
 * @param text the text as fetched, for reports
 * @param warnings what its owner should mend, each with its line: what {@link Reading#TOLERANT}
 *     forgave and, in both readings, what is legal and of no use, such as a repeated field or an
 *     address as {@code mx}; at most 21
 */
public record Policy(
    PolicyMode mode,
    List<MxPattern> mx,
    Duration maxAge,
    Map<String, String> extensions,
    String text,
    List<String> warnings) {

  /** The longest {@code max_age} in seconds, a year of 365.25 days: {@value}. RFC 8461 §3.2 */
  public static final int LONGEST_MAX_AGE_SECONDS = 31_557_600;

  /**
   * The most {@code mx} fields that a policy may have: {@value}.
   *
   * <p>RFC 8461 §3.2 choice: it sets no limit, and RFC 8461 §3.3 one to the length only, within
   * which a file of nothing but tiny fields takes as much memory as a thousand ordinary policies. A
   * wildcard lists any number of hosts in one field.
   */
  public static final int MOST_MX_PATTERNS = 200;

  /**
   * The most extension fields of different names that a policy may have: {@value}.
   *
   * <p>RFC 8461 §3.2 choice: limited for the same reason as {@link #MOST_MX_PATTERNS}. Senders
   * ignore such fields, so that nobody has a use for many.
   */
  public static final int MOST_EXTENSIONS = 100;

  /**
   * Checks and copies what it is given.
   *
   * @param mode what it asks of senders
   * @param mx at most {@value #MOST_MX_PATTERNS} patterns; at least one, unless the mode is {@link
   *     PolicyMode#NONE}
   * @param maxAge 0 to {@value #LONGEST_MAX_AGE_SECONDS} seconds
   * @param extensions at most {@value #MOST_EXTENSIONS} unknown fields, in the order to keep
   * @param text the text as fetched
   * @param warnings what its owner should mend
   * @throws IllegalArgumentException if no policy file could say this
   */
  public Policy {
    Objects.requireNonNull(mode, "mode");
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
    atMost(MOST_MX_PATTERNS, "mx fields", mx.size());
    atMost(MOST_EXTENSIONS, "extension fields", extensions.size());
    extensions = Collections.unmodifiableMap(new LinkedHashMap<>(extensions));
    warnings = List.copyOf(warnings);
  }

  private static void atMost(int most, String what, int found) {
    if (found > most) {
      throw new IllegalArgumentException(
          "policy: expected at most " + most + " " + what + ", found " + found);
    }
  }

  /**
   * Reads a policy file.
   *
   * <p>Takes time in proportion to its length and any octets at all. The caller bounds the length.
   *
   * @param body the octets as fetched, UTF-8
   * @param reading how strictly
   * @return the policy
   * @throws PolicySyntaxException if it is none; says the line, the text and the rule
   */
  public static Policy parse(byte[] body, Reading reading) throws PolicySyntaxException {
    Objects.requireNonNull(body, "body");
    Objects.requireNonNull(reading, "reading");
    return PolicyParser.parse(body, reading);
  }

  /**
   * Finds the pattern that lists a host. RFC 8461 §4.1
   *
   * @param mxHost the name in the MX record, not what a CNAME makes of it
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
   * Returns what a TLS report calls the {@code policy-string}. RFC 8460 §4.4
   *
   * @return the lines of {@link #text} as served, without their ends
   */
  public List<String> policyStrings() {
    return List.copyOf(PolicyText.lines(text));
  }
}
