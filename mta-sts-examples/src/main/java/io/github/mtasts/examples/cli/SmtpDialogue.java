package io.github.mtasts.examples.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a session of Jakarta Mail tells of itself, cut down to the SMTP dialogue, on stderr.
 *
 * <p>Each line of the dialogue comes by {@link #println(String)}, and so do the client's remarks;
 * stack traces come by {@link #println(Object)}. The message itself is not repeated. For one
 * thread.
 */
final class SmtpDialogue extends PrintStream {
  private static final Pattern REPLY = Pattern.compile("[0-9]{3}(?:[ -].*)?", Pattern.DOTALL);
  private static final String REMARK = "DEBUG";

  private final Terminal terminal;
  private boolean asked; // DATA was said
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
      terminal.remark("S: " + line);
      inMessage = asked && line.startsWith("354");
      asked = false;
    } else if (!line.startsWith(REMARK)) {
      terminal.remark("C: " + line);
      asked = line.equals("DATA");
    }
  }

  /** A line that is a lone dot is no line of the message: there it would have got a second one. */
  private void continueMessage(String line) {
    if (line.equals(".")) {
      leaveMessage();
      terminal.remark("C: .");
    } else {
      lines++;
    }
  }

  /** The client tells of an exception: if there was a message under way, it is no more. */
  @Override
  public void println(@Nullable Object thrown) {
    if (inMessage) {
      leaveMessage();
    }
  }

  private void leaveMessage() {
    terminal.remark("C: (the message, " + lines + (lines == 1 ? " line)" : " lines)"));
    inMessage = false;
    lines = 0;
  }
}
