package io.github.mtasts.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one policy file line by line. RFC 8461 §3.2 */
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

  /** The line at hand, from 1. */
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
    line = 0; // what is missing is missing in no line
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
    forgive(content, "a key", "a byte order mark", "save the file without it");
    return content.substring(BYTE_ORDER_MARK.length());
  }

  private void readLine(String content) throws PolicySyntaxException {
    if (Abnf.withoutBlanksBefore(content).isEmpty()) {
      forgive(content, "a field", "a blank line", "delete it");
      return;
    }
    int colon = content.indexOf(':');
    if (colon < 0) {
      throw refused(
          content, "a key, a colon and a value", "write \"key: value\" or delete the line");
    }
    readField(key(content, colon), Abnf.withoutBlanksAround(content.substring(colon + 1)));
  }

  private String key(String content, int colon) throws PolicySyntaxException {
    String key = content.substring(0, colon);
    String withoutIndent = Abnf.withoutBlanksBefore(key);
    if (!withoutIndent.equals(key)) {
      forgive(content, "a key at the start of the line", "blanks before it", "delete them");
    }
    String name = Abnf.withoutBlanksAfter(withoutIndent);
    if (!name.equals(withoutIndent)) {
      forgive(content, "a colon right after the key", "blanks before it", "delete them");
    }
    return name;
  }

  /** Keys are case-sensitive: {@code Mode} is an unknown field like any other. */
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
   * RFC 8461 §3.2 choice: one bad pattern spoils the policy, although the line would pass for an
   * extension named "mx". Without that host the owner's list is not the owner's list, and mail to
   * it would be refused on our guess.
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
      throw refused(
          "mx: " + value,
          "at most " + Policy.MOST_MX_PATTERNS + " mx fields",
          "list hosts that share a domain by one wildcard");
    }
    pattern.uselessness().ifPresent(why -> warn("mx " + Excerpt.of(value) + " " + why));
    mx.add(pattern);
  }

  private void readVersion(String value) throws PolicySyntaxException {
    if (version != null) {
      ignoreRepeated("version", value);
      return;
    }
    if (!value.equals("STSv1")) {
      throw refused(value, "version STSv1", "write \"version: STSv1\"");
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
                    refused(value, "mode enforce, testing or none", "write it so, in lower case"));
  }

  private void readMaxAge(String value) throws PolicySyntaxException {
    if (maxAge != null) {
      ignoreRepeated("max_age", value);
      return;
    }
    if (!Abnf.isNumber(value, MAX_AGE_DIGITS)) {
      throw refused(value, "max_age of 1 to 10 digits", "write seconds, digits only");
    }
    maxAge = Duration.ofSeconds(withinAYear(value));
  }

  private long withinAYear(String value) throws PolicySyntaxException {
    long seconds = Long.parseLong(value);
    if (seconds <= Policy.LONGEST_MAX_AGE_SECONDS) {
      return seconds;
    }
    forgive(
        value,
        "max_age of at most " + Policy.LONGEST_MAX_AGE_SECONDS + " seconds",
        value,
        "it counts as that many");
    return Policy.LONGEST_MAX_AGE_SECONDS;
  }

  /** RFC 8461 §3.2: the first counts, and later ones may say what a field may say at all. */
  private void ignoreRepeated(String key, String value) throws PolicySyntaxException {
    checkExtensionValue(key, value);
    warn(key + " is repeated and only the first counts; delete this line");
  }

  private void readExtension(String key, String value) throws PolicySyntaxException {
    if (!Abnf.isExtensionName(key)) {
      throw refused(
          key,
          "a key of 1 to 32 letters, digits, '_', '-' and '.', a letter or digit first",
          "there are no comments; delete the line or mend its key");
    }
    checkExtensionValue(key, value);
    if (extensions.size() == Policy.MOST_EXTENSIONS && !extensions.containsKey(key)) {
      throw refused(
          key + ": " + value,
          "at most " + Policy.MOST_EXTENSIONS + " extension fields",
          "delete those that no sender knows");
    }
    extensions.putIfAbsent(key, value);
  }

  /** Any characters but controls; those above ASCII are UTF8-2 to UTF8-4 by being here. */
  private void checkExtensionValue(String key, String value) throws PolicySyntaxException {
    if (value.isEmpty()) {
      throw refused(key + ":", "a value after \"" + key + ":\"", "write one or delete the line");
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c == 0x7f) {
        throw refused(value, "a value without control characters", "delete " + Excerpt.of("" + c));
      }
    }
  }

  private void forgive(String content, String expected, String found, String advice)
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

  private PolicySyntaxException refused(String found, String expected, String advice) {
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
