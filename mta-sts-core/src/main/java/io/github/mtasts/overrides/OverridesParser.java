// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.overrides;

import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.policy.MxPattern;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicySyntaxException;
import io.github.mtasts.policy.Reading;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Parses the text of an overrides file; {@link PolicyOverride} describes the format.
 *
 * <p>All or nothing: one wrong line makes the whole file unusable. Stateless, hence thread-safe.
 */
final class OverridesParser {
  /** Without effect, but required by the grammar of policies. */
  private static final String PINNED_MAX_AGE = "86400";

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private OverridesParser() {}

  static OverrideTable parse(byte[] octets) throws UnreadableOverridesException {
    List<PolicyOverride> overrides = new ArrayList<>();
    Map<String, Integer> lineOf = new HashMap<>();
    int number = 0;
    for (String line : lines(octets)) {
      number++;
      Optional<PolicyOverride> override = atLine(number, line);
      if (override.isPresent()) {
        Integer earlier = lineOf.put(override.get().appliesTo(), number);
        if (earlier != null) {
          throw refused(
              number,
              "expected one override for "
                  + override.get().appliesTo()
                  + ", found another in line "
                  + earlier);
        }
        overrides.add(override.get());
      }
    }
    return OverrideTable.of(overrides);
  }

  /** Requires a final line end, so that a truncated file is not used as a shorter one. */
  private static List<String> lines(byte[] octets) throws UnreadableOverridesException {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
    } catch (CharacterCodingException e) {
      throw new UnreadableOverridesException("expected UTF-8, found other octets");
    }
    if (!text.endsWith("\n")) {
      throw new UnreadableOverridesException(
          text.isEmpty()
              ? "expected a line at least, if only a comment, found an empty file"
              : "expected a line end after the last line, found none; the file may be cut off");
    }
    // Editors on Windows write it; before a comment it would be read as part of a domain.
    return (text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text).lines().toList();
  }

  private static Optional<PolicyOverride> atLine(int number, String line)
      throws UnreadableOverridesException {
    try {
      List<String> words = OverridesTokens.of(line);
      return words.isEmpty() ? Optional.empty() : Optional.of(override(words));
    } catch (IllegalArgumentException e) {
      throw refused(number, String.valueOf(e.getMessage()));
    }
  }

  private static PolicyOverride override(List<String> words) {
    OverridesTokens.require(
        words.size() >= 2,
        "expected a domain and an action, found \"" + shown(words.get(0)) + "\"");
    PolicyOverride.Action action = action(words.get(1));
    Map<String, String> fields = fields(words.subList(2, words.size()));
    String until = take(fields, "until");
    String author = take(fields, "author");
    String reason = take(fields, "reason");
    Optional<Policy> pinned =
        action == PolicyOverride.Action.PIN ? Optional.of(policy(fields)) : Optional.empty();
    List<MxPattern> allowed =
        action == PolicyOverride.Action.ALLOW_MX
            ? mx(fields).stream().map(MxPattern::of).toList()
            : List.of();
    OverridesTokens.require(
        fields.isEmpty(),
        "expected no other fields with "
            + action.label()
            + ", found "
            + shown(fields.keySet() + ""));
    return new PolicyOverride(
        words.get(0), action, pinned, allowed, author, reason, instant(until));
  }

  private static PolicyOverride.Action action(String word) {
    for (PolicyOverride.Action action : PolicyOverride.Action.values()) {
      if (action.label().equals(word)) {
        return action;
      }
    }
    throw new IllegalArgumentException(
        "expected skip, testing, enforce, pin or allow-mx, found \"" + shown(word) + "\"");
  }

  private static Map<String, String> fields(List<String> words) {
    Map<String, String> fields = new HashMap<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      OverridesTokens.require(
          equals > 0, "expected a name, '=' and a value, found \"" + shown(word) + "\"");
      OverridesTokens.require(
          fields.put(word.substring(0, equals), word.substring(equals + 1)) == null,
          "expected each field once, found another " + shown(word.substring(0, equals)));
    }
    return fields;
  }

  private static String take(Map<String, String> fields, String name) {
    String value = fields.remove(name);
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException("expected " + name + "= and a value, found none");
    }
    return value;
  }

  private static List<String> mx(Map<String, String> fields) {
    return List.of(take(fields, "mx").split(",", -1));
  }

  /** Written as a policy file and parsed as one, so that the same rules apply. */
  private static Policy policy(Map<String, String> fields) {
    StringBuilder text = new StringBuilder("version: STSv1\nmode: ").append(take(fields, "mode"));
    for (String pattern : mx(fields)) {
      text.append("\nmx: ").append(pattern);
    }
    text.append("\nmax_age: ").append(PINNED_MAX_AGE).append('\n');
    try {
      return Policy.parse(text.toString().getBytes(StandardCharsets.UTF_8), Reading.STRICT);
    } catch (PolicySyntaxException e) {
      throw new IllegalArgumentException("pinned " + e.getMessage(), e);
    }
  }

  private static Optional<Instant> instant(String until) {
    if (until.equals("never")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.parse(until));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "expected until= and a moment such as 2027-01-01T00:00:00Z, or never, found \""
              + shown(until)
              + "\"",
          e);
    }
  }

  private static UnreadableOverridesException refused(int line, String detail) {
    return new UnreadableOverridesException("line " + line + ": " + detail);
  }

  private static String shown(String text) {
    return Excerpt.of(text);
  }
}
