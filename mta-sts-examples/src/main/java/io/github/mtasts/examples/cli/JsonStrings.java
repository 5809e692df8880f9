// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Parses a JSON array of strings. */
final class JsonStrings {
  private static final JsonFactory JSON = new JsonFactory();

  private JsonStrings() {}

  static List<String> parse(String file, int number, String line) throws CommandException {
    try (JsonParser json = JSON.createParser(line)) {
      List<String> strings = new ArrayList<>();
      boolean wellFormed = json.nextToken() == JsonToken.START_ARRAY;
      while (wellFormed && json.nextToken() == JsonToken.VALUE_STRING) {
        strings.add(json.getText());
      }
      if (wellFormed && json.currentToken() == JsonToken.END_ARRAY && json.nextToken() == null) {
        return strings;
      }
    } catch (JsonProcessingException notJson) {
      // Reported below, like all other text that is not an array of strings.
    } catch (IOException e) {
      throw new UncheckedIOException("a String does not fail", e);
    }
    throw CommandException.usage(file + ", line " + number + ": expected a JSON array of strings");
  }
}
