// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.smtp;

import java.util.List;
import java.util.Locale;

/**
 * A server's reply to one command.
 *
 * @param code the three-digit code
 * @param lines the text of each line, without code and terminator; control characters replaced
 */
public record Reply(int code, List<String> lines) {
  /** Copies the lines. */
  public Reply {
    lines = List.copyOf(lines);
  }

  /** Returns code and text on one line. */
  public String text() {
    return code + " " + String.join(" ", lines);
  }

  boolean isPositive() {
    return code >= 200 && code < 400;
  }

  /** Returns whether an EHLO reply lists the extension; its first line is the server's name. */
  boolean lists(String extension) {
    return lines.stream()
        .skip(1)
        .map(line -> line.strip().split(" ", 2)[0].toUpperCase(Locale.ROOT))
        .anyMatch(extension::equals);
  }
}
