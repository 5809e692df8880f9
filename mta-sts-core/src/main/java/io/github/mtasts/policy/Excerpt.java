package io.github.mtasts.policy;

import java.util.Objects;

/**
 * Makes text from the network fit to be shown to people: short, on one line, and inert.
 *
 * <p>Whoever runs a DNS zone, a policy host or an MX host chooses what they say. Put into a log, a
 * bounce or a terminal as it stands, such text can forge log lines, drive the terminal by escape
 * sequences, or reverse what a reader sees. Use this for every such text that goes into a message.
 *
 * <p>Stateless, hence thread-safe.
 */
public final class Excerpt {
  /** The usual length, enough to recognise a line by: {@value} characters. */
  public static final int USUAL_LENGTH = 80;

  private static final char ELLIPSIS = '…';

  private Excerpt() {}

  /**
   * Returns the beginning of a text as {@link #of(String, int)} does, {@value #USUAL_LENGTH}
   * characters at most.
   *
   * @param text what was found, of any length
   * @return at most {@value #USUAL_LENGTH} characters
   */
  public static String of(String text) {
    return of(text, USUAL_LENGTH);
  }

  /**
   * Returns the beginning of a text, with everything invisible made visible.
   *
   * <p>Control characters (line ends, escape and DEL among them), line and paragraph separators,
   * format characters (bidirectional overrides, zero-width characters, the byte order mark) and
   * surrogates without their partner become {@code \}{@code uXXXX}. A backslash stays as it is:
   * this is for reading, not for parsing back. Nothing is quoted.
   *
   * @param text what was found, of any length
   * @param maxChars the most characters that the result may have, from 1; a longer one is cut and
   *     ends in {@code …}, never in the middle of an escape or of a surrogate pair
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
    int cut = 0; // the longest whole prefix that leaves room for the ellipsis
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
