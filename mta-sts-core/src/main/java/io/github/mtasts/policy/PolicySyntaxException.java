package io.github.mtasts.policy;

/**
 * Published text is no policy or no record: says where, what and by which rule.
 *
 * <p>Its message and {@link #text} are cut and escaped, fit to be shown. Immutable, hence
 * thread-safe.
 */
public final class PolicySyntaxException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The message, once more because {@link Throwable} may have none. */
  private final String message;

  /** The line, or 0. */
  private final int line;

  /** The offending text, cut and escaped. */
  private final String text;

  /** The rule, with its RFC. */
  private final String section;

  /**
   * Creates the error.
   *
   * @param line the line, from 1; 0 where the flaw is in no single line
   * @param text the offending text
   * @param section the rule, such as {@code RFC 8461 §3.2}
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

  /** {@return the line, from 1; 0 where the flaw is in no single line, such as a missing field} */
  public int line() {
    return line;
  }

  /** {@return the offending text, cut to a readable length; empty where there is none} */
  public String text() {
    return text;
  }

  /** {@return the rule that it breaks, such as {@code RFC 8461 §3.2}} */
  public String section() {
    return section;
  }
}
