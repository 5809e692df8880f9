package io.github.mtasts.store.redis;

import io.github.mtasts.store.StoredPolicy;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The fields of a row's hash, in the order in which scripts take and return them.
 *
 * <p>Times are milliseconds since 1970 in decimal digits; what there is none of is empty text.
 */
enum Field {
  VERSION,
  ID,
  TEXT(StoredPolicy.MOST_TEXT_OCTETS),
  MODE,
  FETCHED,
  EXPIRES,
  USED,
  /** When a renewal last failed; empty if none has, and then the following are, too. */
  FAILED,
  FAILURES,
  RETRY,
  RESULT,
  DETAIL;

  /** Enough for the longest of the others, a detail of 1,000 characters. */
  private static final int MOST_OCTETS = 4_096;

  private final int mostOctets;

  Field() {
    this(MOST_OCTETS);
  }

  Field(int mostOctets) {
    this.mostOctets = mostOctets;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The names as a table constructor of Lua. */
  static String namesInLua() {
    return Arrays.stream(values())
        .map(field -> "'" + field.label() + "'")
        .collect(Collectors.joining(", ", "{", "}"));
  }

  /** The longest values as a table constructor of Lua. */
  static String limitsInLua() {
    return Arrays.stream(values())
        .map(field -> Integer.toString(field.mostOctets))
        .collect(Collectors.joining(", ", "{", "}"));
  }
}
