// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import java.nio.charset.StandardCharsets;

/**
 * The terminals that the grammars of RFC 8461 §3.1 and RFC 8461 §3.2 share.
 *
 * <p>Compares characters one by one: {@code String.strip()}, {@code \s}, {@code Character.isDigit}
 * and {@code Integer.parseInt} accept characters outside ASCII, or a sign.
 */
final class Abnf {
  /** The longest name of an extension field. */
  private static final int MAX_EXTENSION_NAME = 32;

  private Abnf() {}

  /** WSP: a space or a tab; no other white space. */
  static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isAlphanumeric(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  /** 1 to {@code max} letters and digits. */
  static boolean isAlphanumeric(String text, int max) {
    if (text.isEmpty() || text.length() > max) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (!isAlphanumeric(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** 1 to {@code max} digits. */
  static boolean isNumber(String text, int max) {
    if (text.isEmpty() || text.length() > max) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (!isDigit(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** The name of an extension field; the rule is the same in records and policies. */
  static boolean isExtensionName(String text) {
    if (text.isEmpty() || text.length() > MAX_EXTENSION_NAME || !isAlphanumeric(text.charAt(0))) {
      return false;
    }
    for (int i = 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isAlphanumeric(c) && c != '_' && c != '-' && c != '.') {
        return false;
      }
    }
    return true;
  }

  /** Whether a policy field may have this value, blanks around it removed. RFC 8461 §3.2 */
  static boolean isPolicyValue(String text) {
    return !text.isEmpty()
        && controlCharacter(text) < 0
        && withoutBlanksAround(text).equals(text)
        && StandardCharsets.UTF_8.newEncoder().canEncode(text); // no surrogate without its pair
  }

  /** The index of the first control character; -1 if there is none. */
  static int controlCharacter(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == 0x7f) {
        return i;
      }
    }
    return -1;
  }

  /** Whether a field of a record may have this value. RFC 8461 §3.1 */
  static boolean isRecordValue(String text) {
    if (text.isEmpty()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '!' || c > '~' || c == '=' || c == ';') {
        return false;
      }
    }
    return true;
  }

  static String withoutBlanksAround(String text) {
    return withoutBlanksAfter(withoutBlanksBefore(text));
  }

  static String withoutBlanksBefore(String text) {
    int start = 0;
    while (start < text.length() && isBlank(text.charAt(start))) {
      start++;
    }
    return text.substring(start);
  }

  static String withoutBlanksAfter(String text) {
    int end = text.length();
    while (end > 0 && isBlank(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }
}
