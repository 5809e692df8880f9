// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.smtp;

import java.io.IOException;

/** The server refused a command. */
public final class SmtpReplyException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int code;
  private final String reply;

  SmtpReplyException(String command, Reply reply) {
    super(command + ": expected a positive reply, found " + reply.text());
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
