// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parses one policy file line by line. RFC 8461 §3.2 */
final class PolicyParser {
  private static final String SECTION = "RFC 8461 §3.2";
  private static final String BYTE_ORDER_MARK = "\ufeff";
  private static final int MAX_AGE_DIGITS = 10;
  private final String text;
  private final Reading reading;
  private final Warnings warnings = new Warnings();
  private final List<MxPattern> mx = new ArrayList<>();
  private final Map<String, String> extensions = new LinkedHashMap<>();
  private @Nullable String version;
  private @Nullable PolicyMode mode;
  private @Nullable Duration maxAge;

  /** The number of the current line, from 1. */
  private int line;

  private PolicyParser(String text, Reading reading) {
    this.text = text;
    this.reading = reading;
  }

  static Policy parse(byte[] body, Reading reading) throws PolicySyntaxException {
    return new PolicyParser(PolicyText.decode(body), reading).parse();
  }

  private Policy parse() throws PolicySyntaxException {
    for (String content : PolicyText.lines(text)) {
      line++;
      readLine(line == 1 ? withoutByteOrderMark(content) : content);
    }
    line = 0; // a missing field has no line
    if (version == null) {
      throw missing("version", "version: STSv1");
    }
    if (mode == null) {
      throw missing("mode", "mode: testing, or mode: enforce");
    }
    if (maxAge == null) {
      throw missing("max_age", "max_age: 604800");
    }
    if (mx.isEmpty() && mode != PolicyMode.NONE) {
      throw missing("mx", "mx: and the name of the MX host, for each of them");
    }
    return new Policy(mode, mx, maxAge, extensions, text, warnings.list());
  }

  private String withoutByteOrderMark(String content) throws PolicySyntaxException {
    if (!content.startsWith(BYTE_ORDER_MARK)) {
      return content;
    }
    tolerate(content, "a key", "a byte order mark", "save the file without it");
    return content.substring(BYTE_ORDER_MARK.length());
  }

  private void readLine(String content) throws PolicySyntaxException {
    if (Abnf.withoutBlanksBefore(content).isEmpty()) {
      tolerate(content, "a field", "a blank line", "delete it");
      return;
    }
    int colon = content.indexOf(':');
    if (colon < 0) {
      throw invalid(
          content, "a key, a colon and a value", "write \"key: value\" or delete the line");
    }
    readField(key(content, colon), Abnf.withoutBlanksAround(content.substring(colon + 1)));
  }

  private String key(String content, int colon) throws PolicySyntaxException {
    String key = content.substring(0, colon);
    String withoutIndent = Abnf.withoutBlanksBefore(key);
    if (!withoutIndent.equals(key)) {
      tolerate(content, "a key at the start of the line", "blanks before it", "delete them");
    }
    String name = Abnf.withoutBlanksAfter(withoutIndent);
    if (!name.equals(withoutIndent)) {
      tolerate(content, "a colon right after the key", "blanks before it", "delete them");
    }
    return name;
  }

  /** Keys are case-sensitive: {@code Mode} is an extension. */
  private void readField(String key, String value) throws PolicySyntaxException {
    switch (key) {
      case "mx" -> readMx(value);
      case "version" -> readVersion(value);
      case "mode" -> readMode(value);
      case "max_age" -> readMaxAge(value);
      default -> readExtension(key, value);
    }
  }

  /**
   * RFC 8461 §3.2 choice: one invalid pattern makes the policy invalid, although the line also
   * matches the grammar of an extension named "mx". Without that host the list is incomplete, and
   * mail to the host would be refused by mistake.
   */
  private void readMx(String value) throws PolicySyntaxException {
    MxPattern pattern;
    try {
      pattern = MxPattern.of(value);
    } catch (IllegalArgumentException e) {
      throw new PolicySyntaxException(
          line,
          Excerpt.of(value),
          "RFC 5321 §4.1.2",
          where() + e.getMessage() + "; write one host name on each mx line");
    }
    if (mx.size() == Policy.MOST_MX_PATTERNS) {
      throw invalid(
          "mx: " + value,
          "at most " + Policy.MOST_MX_PATTERNS + " mx fields",
          "list hosts of the same domain with one wildcard");
    }
    pattern.whyUseless().ifPresent(why -> warn("mx " + Excerpt.of(value) + " " + why));
    mx.add(pattern);
  }

  private void readVersion(String value) throws PolicySyntaxException {
    if (version != null) {
      ignoreRepeated("version", value);
      return;
    }
    if (!value.equals("STSv1")) {
      throw invalid(value, "version STSv1", "write \"version: STSv1\"");
    }
    version = value;
  }

  private void readMode(String value) throws PolicySyntaxException {
    if (mode != null) {
      ignoreRepeated("mode", value);
      return;
    }
    mode =
        PolicyMode.ofLabel(value)
            .orElseThrow(
                () ->
                    invalid(
                        value,
                        "mode enforce, testing or none",
                        "write one of these in lower case"));
  }

  private void readMaxAge(String value) throws PolicySyntaxException {
    if (maxAge != null) {
      ignoreRepeated("max_age", value);
      return;
    }
    if (!Abnf.isNumber(value, MAX_AGE_DIGITS)) {
      throw invalid(value, "max_age of 1 to 10 digits", "write seconds, digits only");
    }
    maxAge = Duration.ofSeconds(withinAYear(value));
  }

  private long withinAYear(String value) throws PolicySyntaxException {
    long seconds = Long.parseLong(value);
    if (seconds <= Policy.LONGEST_MAX_AGE_SECONDS) {
      return seconds;
    }
    tolerate(
        value,
        "max_age of at most " + Policy.LONGEST_MAX_AGE_SECONDS + " seconds",
        value,
        "write " + Policy.LONGEST_MAX_AGE_SECONDS + " or less");
    return Policy.LONGEST_MAX_AGE_SECONDS;
  }

  /** RFC 8461 §3.2: the first counts; later ones must only be valid as extensions. */
  private void ignoreRepeated(String key, String value) throws PolicySyntaxException {
    checkExtensionValue(key, value);
    warn(key + " is repeated and only the first counts; delete this line");
  }

  private void readExtension(String key, String value) throws PolicySyntaxException {
    if (!Abnf.isExtensionName(key)) {
      throw invalid(
          key,
          "a key of 1 to 32 letters, digits, '_', '-' and '.', a letter or digit first",
          "policies have no comments; delete the line or correct its key");
    }
    checkExtensionValue(key, value);
    if (extensions.size() == Policy.MOST_EXTENSIONS && !extensions.containsKey(key)) {
      throw invalid(
          key + ": " + value,
          "at most " + Policy.MOST_EXTENSIONS + " extension fields",
          "delete unknown fields");
    }
    extensions.putIfAbsent(key, value);
  }

  /** Any characters except controls; the decoder has checked those above ASCII. */
  private void checkExtensionValue(String key, String value) throws PolicySyntaxException {
    if (value.isEmpty()) {
      throw invalid(key + ":", "a value after \"" + key + ":\"", "write one or delete the line");
    }
    int control = Abnf.controlCharacter(value);
    if (control >= 0) {
      throw invalid(
          value,
          "a value without control characters",
          "delete " + Excerpt.of(value.substring(control, control + 1)));
    }
  }

  private void tolerate(String content, String expected, String found, String advice)
      throws PolicySyntaxException {
    if (reading == Reading.STRICT) {
      throw new PolicySyntaxException(
          line,
          Excerpt.of(content),
          SECTION,
          where() + "expected " + expected + ", found " + found + "; " + advice);
    }
    warn("expected " + expected + ", found " + found + "; " + advice);
  }

  private void warn(String warning) {
    warnings.add("line " + line + ": " + warning);
  }

  private PolicySyntaxException invalid(String found, String expected, String advice) {
    String excerpt = Excerpt.of(found);
    return new PolicySyntaxException(
        line,
        excerpt,
        SECTION,
        where() + "expected " + expected + ", found \"" + excerpt + "\"; " + advice);
  }

  private static PolicySyntaxException missing(String key, String advice) {
    return new PolicySyntaxException(
        0, "", SECTION, "policy: expected a field " + key + ", found none; add " + advice);
  }

  private String where() {
    return "policy, line " + line + ": ";
  }
}
