package io.github.mtasts.examples.smtp;

import java.util.List;
import java.util.Locale;

/**
 * What a server answered to one command.
 *
 * @param code the three digits
 * @param lines the text of each line, without code and terminator; control characters replaced
 */
public record Reply(int code, List<String> lines) {
  /** Copies the lines. */
  public Reply {
    lines = List.copyOf(lines);
  }

  /** Returns code and text on one line, for people. */
  public String text() {
    return code + " " + String.join(" ", lines);
  }

  boolean isPositive() {
    return code >= 200 && code < 400;
  }

  /** Whether an EHLO answer lists the extension; the first line is the server's name. */
  boolean lists(String extension) {
    return lines.stream()
        .skip(1)
        .map(line -> line.strip().split(" ", 2)[0].toUpperCase(Locale.ROOT))
        .anyMatch(extension::equals);
  }
}
