package io.github.mtasts.policy;

/** One {@code mx} value of a policy. RFC 8461 §4.1 */
public final class MxPattern {
  private final String text;

  private MxPattern(String text) {
    this.text = text;
  }

  /**
   * Reads one value, {@code ["*."] Domain}.
   *
   * @param text the value
   * @return the pattern
   * @throws IllegalArgumentException if it is none
   */
  public static MxPattern of(String text) {
    return new MxPattern(text); // replaced by the policy helper
  }

  /** Whether this pattern lists the host. */
  public boolean matches(DomainName mxHost) {
    return text.equals(mxHost.value()); // replaced by the policy helper
  }

  /** Returns the pattern as published. */
  public String text() {
    return text;
  }

  /** Returns {@link #text()}. */
  @Override
  public String toString() {
    return text;
  }
}
