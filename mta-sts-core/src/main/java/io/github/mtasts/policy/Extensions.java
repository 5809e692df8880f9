// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Copies extension fields and checks them by the grammar. RFC 8461 §3.1, RFC 8461 §3.2
 *
 * @param where the beginning of each message, such as {@code policy}
 * @param knownFields the fields that are no extensions
 * @param isValue tests a value
 * @param expectedValue what a value must be, for messages
 */
record Extensions(
    String where, Set<String> knownFields, Predicate<String> isValue, String expectedValue) {

  static final Extensions OF_POLICIES =
      new Extensions(
          "policy",
          Set.of("version", "mode", "max_age", "mx"),
          Abnf::isPolicyValue,
          "without control characters or blanks at its ends");

  static final Extensions OF_RECORDS =
      new Extensions(
          "record", Set.of("v", "id"), Abnf::isRecordValue, "of visible ASCII without '=' and ';'");

  /**
   * Returns a copy that cannot be changed, in the same order.
   *
   * @throws IllegalArgumentException if a name or a value breaks the grammar
   */
  Map<String, String> copyOf(Map<String, String> extensions) {
    Map<String, String> copy = new LinkedHashMap<>(extensions);
    copy.forEach(this::check);
    return Collections.unmodifiableMap(copy);
  }

  private void check(String name, String value) {
    if (!Abnf.isExtensionName(name)) {
      throw new IllegalArgumentException(
          where
              + ": expected an extension name of 1 to 32 letters, digits, '_', '-' and '.', a"
              + " letter or digit first, found \""
              + Excerpt.of(name)
              + "\"");
    }
    if (knownFields.contains(name)) {
      throw new IllegalArgumentException(
          where + ": expected an extension, found the field " + name + "; leave it out");
    }
    if (!isValue.test(value)) {
      throw new IllegalArgumentException(
          where
              + ": expected a value "
              + expectedValue
              + " for the extension "
              + name
              + ", found \""
              + Excerpt.of(value)
              + "\"");
    }
  }
}
