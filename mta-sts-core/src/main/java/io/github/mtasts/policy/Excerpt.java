// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import java.util.Objects;

/**
 * Makes text from the network safe to display: short, on one line, without control characters.
 *
 * <p>The operator of a DNS zone, a policy host or an MX host can send any text. In a log, a bounce
 * or a terminal, raw text can forge log lines, control the terminal with escape sequences, or
 * reverse the text that a reader sees. Use this class for all such text in messages.
 *
 * <p>Stateless, hence thread-safe.
 */
public final class Excerpt {
  /** The default maximum length, enough to recognise a line: {@value} characters. */
  public static final int USUAL_LENGTH = 80;

  private static final char ELLIPSIS = '…';

  private Excerpt() {}

  /**
   * Returns the start of a text like {@link #of(String, int)}, at most {@value #USUAL_LENGTH}
   * characters.
   *
   * @param text any text, of any length
   * @return at most {@value #USUAL_LENGTH} characters
   */
  public static String of(String text) {
    return of(text, USUAL_LENGTH);
  }

  /**
   * Returns the start of a text, with invisible characters escaped.
   *
   * <p>Control characters (line ends, escape and DEL among them), line and paragraph separators,
   * format characters (bidirectional overrides, zero-width characters, the byte order mark) and
   * unpaired surrogates become {@code \}{@code uXXXX}. A backslash is not escaped: the result is
   * for people and cannot be parsed back. The result has no quotes around it.
   *
   * @param text any text, of any length
   * @param maxChars the maximum length of the result, 1 or more; a longer text is cut and ends in
   *     {@code …}, never in the middle of an escape or of a surrogate pair
   * @return at most {@code maxChars} characters
   * @throws IllegalArgumentException if {@code maxChars} is less than 1
   */
  public static String of(String text, int maxChars) {
    Objects.requireNonNull(text, "text");
    if (maxChars < 1) {
      throw new IllegalArgumentException(
          "excerpt: expected a length of at least 1, found " + maxChars);
    }
    StringBuilder shown = new StringBuilder(Math.min(text.length(), maxChars));
    int cut = 0; // the longest prefix of whole characters with room for the ellipsis
    int next = 0;
    while (next < text.length()) {
      int codePoint = text.codePointAt(next);
      next += Character.charCount(codePoint);
      append(shown, codePoint);
      if (shown.length() > maxChars) {
        shown.setLength(cut);
        return shown.append(ELLIPSIS).toString();
      }
      if (shown.length() < maxChars) {
        cut = shown.length();
      }
    }
    return shown.toString();
  }

  private static void append(StringBuilder shown, int codePoint) {
    if (isVisible(codePoint)) {
      shown.appendCodePoint(codePoint);
      return;
    }
    for (char unit : Character.toChars(codePoint)) {
      shown.append(String.format("\\u%04x", (int) unit));
    }
  }

  private static boolean isVisible(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
