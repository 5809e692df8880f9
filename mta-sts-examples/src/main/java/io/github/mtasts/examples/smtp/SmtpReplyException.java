package io.github.mtasts.examples.smtp;

import java.io.IOException;

/** The server answered, and not as the command needs it. */
public final class SmtpReplyException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int code;
  private final String reply;

  SmtpReplyException(String command, Reply reply) {
    super(command + ": expected the server's consent, found " + reply.text());
    this.code = reply.code();
    this.reply = String.join(" ", reply.lines());
  }

  /** Returns the reply code, for example 454. */
  public int code() {
    return code;
  }

  /** Returns the reply's text without its code. */
  public String reply() {
    return reply;
  }
}
