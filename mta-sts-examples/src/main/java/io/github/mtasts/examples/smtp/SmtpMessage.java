// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.smtp;

import java.util.List;

/**
 * A message with its envelope.
 *
 * @param from the sender's address, without angle brackets
 * @param to the recipients' addresses, at least one, all in one domain
 * @param lines the header and body of the message, without line terminators
 */
public record SmtpMessage(String from, List<String> to, List<String> lines) {

  /** Refuses line breaks in addresses and lines: they would inject SMTP commands. */
  public SmtpMessage {
    to = List.copyOf(to);
    lines = List.copyOf(lines);
    requireOneLine("sender", from);
    to.forEach(address -> requireOneLine("recipient", address));
    lines.forEach(line -> requireOneLine("line of a message", line));
  }

  private static void requireOneLine(String what, String text) {
    if (text.indexOf('\r') >= 0 || text.indexOf('\n') >= 0) {
      throw new IllegalArgumentException(what + ": expected no line break, found one; split it");
    }
  }
}
