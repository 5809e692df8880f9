// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import io.github.mtasts.store.UnreadableRow;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** Writes a stored row as members of a JSON object. */
final class StoredRowJson {
  private StoredRowJson() {}

  static void write(JsonGenerator json, StoredRow row, Instant now) throws IOException {
    json.writeStringField("domain", row.domain());
    json.writeStringField("state", state(row, now));
    Optional<StoredPolicy> policy = policy(row);
    JsonMembers.orNull(json, "id", policy.map(StoredPolicy::id));
    JsonMembers.orNull(json, "mode", policy.map(stored -> stored.mode().label()));
    JsonMembers.orNull(json, "fetchedAt", policy.map(stored -> stored.fetchedAt().toString()));
    JsonMembers.orNull(json, "expiresAt", policy.map(stored -> stored.expiresAt().toString()));
    JsonMembers.orNull(json, "lastUsedAt", policy.map(stored -> stored.lastUsedAt().toString()));
    write(json, policy.flatMap(StoredPolicy::lastFailure));
    JsonMembers.orNull(json, "unreadable", unreadable(row));
  }

  private static void write(JsonGenerator json, Optional<StoredFailure> failure)
      throws IOException {
    if (failure.isEmpty()) {
      json.writeNullField("lastFailure");
      return;
    }
    json.writeObjectFieldStart("lastFailure");
    json.writeStringField("at", failure.get().at().toString());
    json.writeNumberField("failures", failure.get().failures());
    json.writeStringField("retryAt", failure.get().retryAt().toString());
    JsonMembers.orNull(json, "resultType", failure.get().resultType().map(ResultType::label));
    json.writeStringField("detail", failure.get().detail());
    json.writeEndObject();
  }

  /** Returns the mode of an unexpired policy, or {@code expired} or {@code unreadable}. */
  static String state(StoredRow row, Instant now) {
    return policy(row)
        .map(stored -> stored.hasExpiredAt(now) ? "expired" : stored.mode().label())
        .orElse("unreadable");
  }

  static Optional<StoredPolicy> policy(StoredRow row) {
    return row instanceof StoredPolicy policy ? Optional.of(policy) : Optional.empty();
  }

  /** Returns why a row cannot be read. */
  static Optional<String> unreadable(StoredRow row) {
    return row instanceof UnreadableRow unreadable
        ? Optional.of(unreadable.detail())
        : Optional.empty();
  }
}
