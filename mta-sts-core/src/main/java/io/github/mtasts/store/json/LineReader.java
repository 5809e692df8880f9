// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import io.github.mtasts.store.UnreadableRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Function;

/** Reads one line; invalid content is a result, not an exception. */
final class LineReader {
  private static final int MOST_DEPTH = 8;
  private static final int LONGEST_NAME = 1_000;
  private static final int LONGEST_NUMBER = 100;
  private static final int LONGEST_REASON = 300;
  private static final String MODES = "enforce, testing or none";
  private static final String RESULT_TYPES = "a result type of TLS reports";

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          // The input chooses the names, so a table of known names, shared by all lines, could
          // grow.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MOST_DEPTH)
                  .maxNameLength(LONGEST_NAME)
                  .maxNumberLength(LONGEST_NUMBER)
                  .maxStringLength(PolicyLines.MOST_LINE_OCTETS)
                  .build())
          .build();

  private LineReader() {}

  static PolicyLine read(OctetLines.Line line) {
    if (line.isTooLong()) {
      return unreadable(
          line, "length: expected at most " + PolicyLines.MOST_LINE_OCTETS + " octets, found more");
    }
    Optional<String> text = line.text();
    if (text.isEmpty()) {
      return unreadable(line, "encoding: expected UTF-8, found other octets");
    }
    try (JsonParser json = JSON.createParser(text.get())) {
      StoredRow row = row(object(json));
      return row instanceof StoredPolicy policy
          ? new PolicyLine.Valid(line.number(), policy)
          : unreadable(line, ((UnreadableRow) row).detail());
    } catch (JsonProcessingException notJson) {
      return unreadable(line, "JSON: " + notJson.getOriginalMessage());
    } catch (IllegalArgumentException invalid) {
      return unreadable(line, String.valueOf(invalid.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException("expected no I/O error from a String", e);
    }
  }

  private static PolicyLine unreadable(OctetLines.Line line, String reason) {
    return new PolicyLine.Invalid(line.number(), Excerpt.of(reason, LONGEST_REASON));
  }

  private static Members object(JsonParser json) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new IllegalArgumentException("JSON: expected an object, found another value");
    }
    Members members = Members.read(json);
    if (json.nextToken() != null) {
      throw new IllegalArgumentException("JSON: expected one object, found more text after it");
    }
    return members;
  }

  private static StoredRow row(Members members) {
    return StoredRow.of(
        members.string(Members.DOMAIN), members.integer(Members.VERSION), () -> policy(members));
  }

  private static StoredPolicy policy(Members members) {
    return new StoredPolicy(
        members.string(Members.DOMAIN),
        members.string(Members.ID),
        members.string(Members.TEXT),
        labelled(Members.MODE, MODES, members.string(Members.MODE), PolicyMode::ofLabel),
        members.time(Members.FETCHED_AT),
        members.time(Members.EXPIRES_AT),
        members.time(Members.LAST_USED_AT),
        members.optionalObject(Members.LAST_FAILURE).map(LineReader::failure));
  }

  private static StoredFailure failure(Members members) {
    return new StoredFailure(
        members.time(Members.AT),
        members.integer(Members.FAILURES),
        members.time(Members.RETRY_AT),
        members
            .optionalString(Members.RESULT_TYPE)
            .map(label -> labelled(Members.RESULT_TYPE, RESULT_TYPES, label, ResultType::ofLabel)),
        members.string(Members.DETAIL));
  }

  private static <T> T labelled(
      String name, String expected, String label, Function<String, Optional<T>> ofLabel) {
    return ofLabel
        .apply(label)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    name + ": expected " + expected + ", found " + Excerpt.of(label)));
  }
}
