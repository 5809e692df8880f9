// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

/**
 * A published text is not a valid policy or record; names the line, the text and the rule.
 *
 * <p>The message and {@link #text} are cut and escaped, safe to display. Immutable, hence
 * thread-safe.
 */
public final class PolicySyntaxException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The message again, because that of {@link Throwable} may be null. */
  private final String message;

  /** The line, or 0. */
  private final int line;

  /** The offending text, cut and escaped. */
  private final String text;

  /** The RFC and section of the rule. */
  private final String section;

  /**
   * Creates the exception.
   *
   * @param line the line, from 1; 0 if the flaw is not in one line
   * @param text the offending text
   * @param section the RFC and section of the rule, such as {@code RFC 8461 §3.2}
   * @param message "what: expected X, found Y"
   */
  public PolicySyntaxException(int line, String text, String section, String message) {
    super(message);
    this.message = message;
    this.line = line;
    this.text = text;
    this.section = section;
  }

  /** Returns "what: expected X, found Y; what to do". */
  @Override
  public String getMessage() {
    return message;
  }

  /** {@return the line, from 1; 0 if the flaw is not in one line, such as a missing field} */
  public int line() {
    return line;
  }

  /** {@return the offending text, cut to a readable length; empty if there is none} */
  public String text() {
    return text;
  }

  /** {@return the RFC and section of the broken rule, such as {@code RFC 8461 §3.2}} */
  public String section() {
    return section;
  }
}
