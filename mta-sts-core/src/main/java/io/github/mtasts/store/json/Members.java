// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.mtasts.policy.Excerpt;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The members of one JSON object. An accessor throws an {@link IllegalArgumentException} if the
 * member is missing or has another type.
 *
 * @param values strings, integers, objects as {@code Members}, and {@link Other} for all others
 */
record Members(Map<String, Object> values) {
  static final String VERSION = "version";
  static final String DOMAIN = "domain";
  static final String ID = "id";
  static final String MODE = "mode";
  static final String FETCHED_AT = "fetchedAt";
  static final String EXPIRES_AT = "expiresAt";
  static final String LAST_USED_AT = "lastUsedAt";
  static final String TEXT = "text";
  static final String LAST_FAILURE = "lastFailure";
  static final String AT = "at";
  static final String FAILURES = "failures";
  static final String RETRY_AT = "retryAt";
  static final String RESULT_TYPE = "resultType";
  static final String DETAIL = "detail";

  /** With years of four digits, so that every database can represent the time. */
  private static final Pattern RFC_3339 =
      Pattern.compile(
          "[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?"
              + "([Zz]|[+-][0-9]{2}:[0-9]{2})");

  /** The values that no member of this format has. */
  private enum Other {
    NULL("null"),
    BOOLEAN("a boolean"),
    FRACTION("a number that is not an integer"),
    LARGE_INTEGER("an integer that is too large"),
    ARRAY("an array");

    private final String description;

    Other(String description) {
      this.description = description;
    }
  }

  /** Reads an object from its opening brace to its closing one. */
  static Members read(JsonParser json) throws IOException {
    Map<String, Object> values = new HashMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      values.put(name, value(json));
    }
    return new Members(values);
  }

  private static Object value(JsonParser json) throws IOException {
    return switch (json.currentToken()) {
      case VALUE_STRING -> json.getText();
      case VALUE_NUMBER_INT -> integer(json);
      case VALUE_NUMBER_FLOAT -> Other.FRACTION;
      case VALUE_NULL -> Other.NULL;
      case START_OBJECT -> read(json);
      case START_ARRAY -> {
        json.skipChildren();
        yield Other.ARRAY;
      }
      default -> Other.BOOLEAN;
    };
  }

  private static Object integer(JsonParser json) throws IOException {
    return json.getNumberType() == JsonParser.NumberType.INT
        ? json.getIntValue()
        : Other.LARGE_INTEGER;
  }

  String string(String name) {
    return optionalString(name).orElseThrow(() -> unexpected(name, "a string"));
  }

  Optional<String> optionalString(String name) {
    return ofType(name, String.class, "a string");
  }

  int integer(String name) {
    return ofType(name, Integer.class, "an integer")
        .orElseThrow(() -> unexpected(name, "an integer"));
  }

  Optional<Members> optionalObject(String name) {
    return ofType(name, Members.class, "an object");
  }

  Instant time(String name) {
    String text = string(name);
    try {
      if (RFC_3339.matcher(text).matches()) {
        return Instant.parse(text);
      }
    } catch (DateTimeParseException noSuchDate) {
      // Reported below.
    }
    throw new IllegalArgumentException(
        name + ": expected a time such as 2026-01-31T12:00:00Z, found " + Excerpt.of(text));
  }

  /** Treats null like a missing member. */
  private <T> Optional<T> ofType(String name, Class<T> type, String expected) {
    Object value = values.getOrDefault(name, Other.NULL);
    if (value == Other.NULL) {
      return Optional.empty();
    }
    if (!type.isInstance(value)) {
      throw unexpected(name, expected);
    }
    return Optional.of(type.cast(value));
  }

  private IllegalArgumentException unexpected(String name, String expected) {
    return new IllegalArgumentException(name + ": expected " + expected + ", found " + found(name));
  }

  private String found(String name) {
    Object value = values.get(name);
    if (value == null) {
      return "nothing";
    }
    if (value instanceof Other other) {
      return other.description;
    }
    return value instanceof String
        ? "a string"
        : value instanceof Integer ? "a number" : "an object";
  }
}
