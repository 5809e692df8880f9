// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

/**
 * How strictly to read published text.
 *
 * <p>Neither reading guesses a value: with an unknown mode, a missing field, an invalid {@code mx}
 * or a missing colon, a policy is invalid in both.
 *
 * <p>Immutable, hence thread-safe.
 */
public enum Reading {
  /** Exactly the ABNF of RFC 8461 §3.1 and RFC 8461 §3.2. */
  STRICT,

  /**
   * The default: accepts flaws that carry no meaning, each with a warning.
   *
   * <p>Accepts blank lines, a UTF-8 byte order mark, blanks before a key or before its colon,
   * blanks around the fields of a TXT record, and a {@code max_age} above a year, which is read as
   * 31557600 seconds. About one published policy in twenty has such a flaw; without this reading
   * those domains would have no protection.
   */
  TOLERANT
}
