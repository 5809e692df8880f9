// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.redis;

import io.github.mtasts.store.StoredPolicy;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The fields of a domain's hash, in the order in which scripts take and return them.
 *
 * <p>Times are milliseconds since 1970 in decimal digits; an absent value is an empty string.
 */
enum HashField {
  VERSION,
  ID,
  TEXT(StoredPolicy.MOST_TEXT_OCTETS),
  MODE,
  FETCHED,
  EXPIRES,
  USED,
  /** When a renewal last failed; if empty, there was no failure and the next fields are empty. */
  FAILED,
  FAILURES,
  RETRY,
  RESULT,
  DETAIL;

  /** Enough for the longest value besides the text: a detail of 1,000 characters. */
  private static final int MOST_OCTETS = 4_096;

  private final int mostOctets;

  HashField() {
    this(MOST_OCTETS);
  }

  HashField(int mostOctets) {
    this.mostOctets = mostOctets;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The constants in Lua with their indexes in a row, such as {@code VERSION, ID = 1, 2}. */
  static String indexesInLua() {
    String indexes =
        IntStream.rangeClosed(1, values().length)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(", "));
    return joined(HashField::name) + " = " + indexes;
  }

  /** The names as a Lua table constructor. */
  static String namesInLua() {
    return "{" + joined(field -> "'" + field.label() + "'") + "}";
  }

  /** The longest lengths in octets as a Lua table constructor. */
  static String limitsInLua() {
    return "{" + joined(field -> Integer.toString(field.mostOctets)) + "}";
  }

  private static String joined(Function<HashField, String> text) {
    return Arrays.stream(values()).map(text).collect(Collectors.joining(", "));
  }
}
