package io.github.mtasts.examples.smtp;

import java.util.List;

/**
 * One message in its envelope.
 *
 * @param from the sender's address, without angle brackets
 * @param to the recipients' addresses, at least one, all of one domain
 * @param lines the message, header and body, one line each without its terminator
 */
public record Message(String from, List<String> to, List<String> lines) {

  /** Keeps line breaks out of the envelope and of single lines: they would be SMTP commands. */
  public Message {
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
