// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.overrides;

import io.github.mtasts.policy.Excerpt;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits a line of an overrides file into words at blanks, but not between quotation marks, which
 * are removed. A quotation mark cannot be escaped. Stateless, hence thread-safe.
 */
final class OverridesTokens {
  private OverridesTokens() {}

  /** Returns no words for a blank line and for a comment. */
  static List<String> of(String line) {
    List<String> words = new ArrayList<>();
    int next = blanksFrom(line, 0);
    if (next == line.length() || line.charAt(next) == '#') {
      return words;
    }
    while (next < line.length()) {
      StringBuilder word = new StringBuilder();
      next = read(line, next, word);
      words.add(word.toString());
      next = blanksFrom(line, next);
    }
    return words;
  }

  private static int read(String line, int start, StringBuilder word) {
    int next = start;
    boolean quoted = false;
    while (next < line.length() && (quoted || !isBlank(line.charAt(next)))) {
      char c = line.charAt(next++);
      if (c == '"') {
        quoted = !quoted;
      } else {
        word.append(c);
      }
    }
    require(
        !quoted,
        "expected a closing quotation mark, found none after \""
            + Excerpt.of(word.toString())
            + "\"");
    return next;
  }

  private static int blanksFrom(String line, int start) {
    int next = start;
    while (next < line.length() && isBlank(line.charAt(next))) {
      next++;
    }
    return next;
  }

  /** Checks a line's syntax. */
  static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}
