// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import io.github.mtasts.JsonLines;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Policies that real domains published, with the expected result of both readings. */
final class Corpus {
  private static final String FOLDER = "rfc8461/corpus/";

  private Corpus() {}

  /** One file of the corpus; {@code strict} says ambiguous if the RFC leaves a choice. */
  record Entry(String file, String strict, String tolerantHint) {
    byte[] body() {
      try (InputStream in = Corpus.class.getClassLoader().getResourceAsStream(FOLDER + file)) {
        if (in == null) {
          throw new FileNotFoundException(FOLDER + file);
        }
        return in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException("corpus: cannot read " + file, e);
      }
    }

    boolean isValid(Reading reading) {
      try {
        Policy.parse(body(), reading);
        return true;
      } catch (PolicySyntaxException e) {
        return false;
      }
    }

    @Override
    public String toString() {
      return file;
    }
  }

  static List<Entry> policies() {
    return JsonLines.read(FOLDER + "policies.jsonl").stream().map(Corpus::entry).toList();
  }

  private static Entry entry(Map<String, Object> row) {
    return new Entry(
        String.valueOf(row.get("file")),
        String.valueOf(row.get("strict")),
        String.valueOf(row.get("tolerant_hint")));
  }

  /** The rows of a table about corpus files, by file name. */
  static Map<String, Map<String, Object>> byFile(String resource) {
    return JsonLines.read(resource).stream()
        .collect(Collectors.toMap(row -> String.valueOf(row.get("file")), row -> row));
  }
}
