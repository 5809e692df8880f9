// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Reads tables of test cases: one JSON object a line. */
public final class JsonLines {
  private static final JsonFactory JSON = new JsonFactory();

  private JsonLines() {}

  /**
   * Reads every object of a class path resource, members in their order.
   *
   * <p>Objects become maps, arrays lists, integers {@link Long} and other numbers {@link Double}. A
   * member that is null is left out, so that {@link Map#get} returns null for it.
   *
   * @param resource an absolute name without leading slash, such as {@code
   *     rfc8461/cases/policy.jsonl}
   */
  public static List<Map<String, Object>> read(String resource) {
    try (InputStream in = JsonLines.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new FileNotFoundException(resource);
      }
      return objects(JSON.createParser(in));
    } catch (IOException e) {
      throw new UncheckedIOException("test cases: cannot read " + resource, e);
    }
  }

  /** Returns a member that the object must have. */
  public static <T> T member(Map<String, Object> object, String name, Class<T> type) {
    return type.cast(Objects.requireNonNull(object.get(name), name));
  }

  /** Returns a member that must be an object. */
  @SuppressWarnings("unchecked") // the members of every object are read by this class
  public static Map<String, Object> object(Map<String, Object> object, String name) {
    return member(object, name, Map.class);
  }

  private static List<Map<String, Object>> objects(JsonParser parser) throws IOException {
    List<Map<String, Object>> objects = new ArrayList<>();
    while (parser.nextToken() != null) {
      objects.add(object(parser));
    }
    return objects;
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    expect(JsonToken.START_OBJECT, parser);
    Map<String, Object> members = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      if (parser.nextToken() != JsonToken.VALUE_NULL) {
        members.put(name, value(parser));
      }
    }
    expect(JsonToken.END_OBJECT, parser);
    return members;
  }

  private static List<Object> array(JsonParser parser) throws IOException {
    List<Object> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.add(value(parser));
    }
    return elements;
  }

  private static Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw new IOException("unexpected " + parser.currentToken());
    };
  }

  private static void expect(JsonToken expected, JsonParser parser) throws IOException {
    if (parser.currentToken() != expected) {
      throw new IOException("expected " + expected + ", found " + parser.currentToken());
    }
  }
}
