// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Prints the SMTP dialogue out of Jakarta Mail's debug output to stderr.
 *
 * <p>Jakarta Mail writes each line of the dialogue and its own debug lines with {@link
 * #println(String)}, and stack traces with {@link #println(Object)}. The message itself is not
 * printed. For use by one thread.
 */
final class SmtpDialogue extends PrintStream {
  private static final Pattern REPLY = Pattern.compile("[0-9]{3}(?:[ -].*)?", Pattern.DOTALL);
  private static final String DEBUG_LINE = "DEBUG";

  private final Terminal terminal;
  private boolean dataSent;
  private boolean inMessage;
  private int lines;

  SmtpDialogue(Terminal terminal) {
    super(OutputStream.nullOutputStream());
    this.terminal = terminal;
  }

  @Override
  public void println(@Nullable String line) {
    if (line == null) {
      return;
    }
    if (inMessage) {
      continueMessage(line);
    } else if (REPLY.matcher(line).matches()) {
      terminal.info("S: " + line);
      inMessage = dataSent && line.startsWith("354");
      dataSent = false;
    } else if (!line.startsWith(DEBUG_LINE)) {
      terminal.info("C: " + line);
      dataSent = line.equals("DATA");
    }
  }

  /** A single dot ends the message: in the message it would be doubled. */
  private void continueMessage(String line) {
    if (line.equals(".")) {
      endMessage();
      terminal.info("C: .");
    } else {
      lines++;
    }
  }

  /** The client reports an exception, which ends a message in transfer. */
  @Override
  public void println(@Nullable Object thrown) {
    if (inMessage) {
      endMessage();
    }
  }

  private void endMessage() {
    terminal.info("C: (the message, " + lines + (lines == 1 ? " line)" : " lines)"));
    inMessage = false;
    lines = 0;
  }
}
