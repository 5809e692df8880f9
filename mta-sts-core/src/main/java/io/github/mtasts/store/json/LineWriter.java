// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Optional;

/** Writes a policy as one JSON object. */
final class LineWriter {
  /** Writes ASCII only, because a policy's text may contain control sequences for terminals. */
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private LineWriter() {}

  static String write(StoredPolicy policy) {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(line)) {
      write(json, policy);
    } catch (IOException e) {
      throw new UncheckedIOException("expected no I/O error from a StringWriter", e);
    }
    return line.toString();
  }

  private static void write(JsonGenerator json, StoredPolicy policy) throws IOException {
    json.writeStartObject();
    json.writeNumberField(Members.VERSION, StoredPolicy.FORMAT_VERSION);
    json.writeStringField(Members.DOMAIN, policy.domain());
    json.writeStringField(Members.ID, policy.id());
    json.writeStringField(Members.MODE, policy.mode().label());
    json.writeStringField(Members.FETCHED_AT, policy.fetchedAt().toString());
    json.writeStringField(Members.EXPIRES_AT, policy.expiresAt().toString());
    json.writeStringField(Members.LAST_USED_AT, policy.lastUsedAt().toString());
    json.writeStringField(Members.TEXT, policy.text());
    json.writeFieldName(Members.LAST_FAILURE);
    write(json, policy.lastFailure());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Optional<StoredFailure> failure)
      throws IOException {
    if (failure.isEmpty()) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    json.writeStringField(Members.AT, failure.get().at().toString());
    json.writeNumberField(Members.FAILURES, failure.get().failures());
    json.writeStringField(Members.RETRY_AT, failure.get().retryAt().toString());
    json.writeFieldName(Members.RESULT_TYPE);
    json.writeString(failure.get().resultType().map(ResultType::label).orElse(null));
    json.writeStringField(Members.DETAIL, failure.get().detail());
    json.writeEndObject();
  }
}
