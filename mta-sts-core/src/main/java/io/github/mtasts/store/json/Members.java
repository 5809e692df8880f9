// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.mtasts.policy.Excerpt;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The members of one JSON object. An accessor throws an {@link IllegalArgumentException} if the
 * member is missing or has another type.
 *
 * @param values strings, numbers, booleans, and objects as {@code Members}; null for null
 */
record Members(Map<String, @Nullable Object> values) {
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

  /** Reads an object from its opening brace to its closing one. */
  static Members read(JsonParser json) throws IOException {
    Map<String, @Nullable Object> values = new HashMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      values.put(name, value(json));
    }
    return new Members(values);
  }

  /** Returns null for null; an array, which no member is, as an empty list. */
  private static @Nullable Object value(JsonParser json) throws IOException {
    return switch (json.currentToken()) {
      case VALUE_STRING -> json.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getNumberValue();
      case VALUE_NULL -> null;
      case START_OBJECT -> read(json);
      case START_ARRAY -> {
        json.skipChildren();
        yield List.of();
      }
      default -> json.getBooleanValue();
    };
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
    Object value = values.get(name);
    if (value != null && !type.isInstance(value)) {
      throw unexpected(name, expected);
    }
    return Optional.ofNullable(type.cast(value));
  }

  private IllegalArgumentException unexpected(String name, String expected) {
    Object found = values.get(name);
    String shown =
        found == null
            ? "nothing"
            : found instanceof Members
                ? "an object"
                : Excerpt.of(found instanceof String ? "\"" + found + "\"" : "" + found);
    return new IllegalArgumentException(name + ": expected " + expected + ", found " + shown);
  }
}
