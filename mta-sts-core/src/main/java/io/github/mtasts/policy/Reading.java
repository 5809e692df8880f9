package io.github.mtasts.policy;

/**
 * How strictly published text is read.
 *
 * <p>Neither reading guesses a value: an unknown mode, a missing field, a bad {@code mx} or a
 * missing colon is no policy in both.
 *
 * <p>Constants are thread-safe.
 */
public enum Reading {
  /** The ABNF of RFC 8461 §3.1 and RFC 8461 §3.2 to the letter. */
  STRICT,

  /**
   * Forgives only what carries no meaning, each time with a warning; the default.
   *
   * <p>Forgiven are blank lines, a UTF-8 byte order mark, blanks before a key or before its colon,
   * blanks around the fields of a TXT record, and a {@code max_age} above a year, which is read as
   * 31557600 seconds. About one published policy in twenty has such a flaw, and refusing it would
   * leave the domain without protection.
   */
  TOLERANT
}
