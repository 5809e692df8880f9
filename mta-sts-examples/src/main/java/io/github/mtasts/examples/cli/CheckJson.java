// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.mtasts.decision.Enforcement;
import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.Problem;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.MxPattern;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes a domain check as a JSON object.
 *
 * <p>{@code override} is present only if an override applies, {@code undetermined} only if it is
 * not known whether there is a policy, {@code wouldBe} only in shadow mode.
 */
final class CheckJson {
  private CheckJson() {}

  static void write(JsonGenerator json, DomainCheck check) throws IOException {
    json.writeStringField("domain", check.domain());
    json.writeObjectFieldStart("record");
    RecordCommand.write(json, check.record());
    json.writeEndObject();
    writePolicy(json, check.resolution());
    writeProblem(json, check.resolution().problem());
    json.writeArrayFieldStart("mx");
    for (MxCheck mx : check.mx()) {
      writeMx(json, mx);
    }
    json.writeEndArray();
    if (check.resolution() instanceof Resolution.Undetermined unknown) {
      writeUndetermined(json, unknown);
    }
    if (check.resolution().override().isPresent()) {
      writeOverride(json, check.resolution().override().get());
    }
    JsonMembers.strings(json, "warnings", check.warnings());
  }

  static void writePolicy(JsonGenerator json, Resolution resolution) throws IOException {
    json.writeObjectFieldStart("policy");
    if (resolution instanceof Resolution.InForce policy) {
      json.writeStringField("source", label(policy.source()));
      json.writeStringField("mode", policy.published().mode().label());
      JsonMembers.strings(
          json, "mx", policy.published().mx().stream().map(MxPattern::text).toList());
      json.writeNumberField("maxAge", policy.published().maxAge().toSeconds());
      json.writeStringField("fetchedAt", policy.fetchedAt().toString());
      json.writeStringField("expiresAt", policy.expiresAt().toString());
    } else {
      json.writeStringField("source", "none");
      json.writeNullField("mode");
      JsonMembers.strings(json, "mx", List.of());
      json.writeNullField("maxAge");
      json.writeNullField("fetchedAt");
      json.writeNullField("expiresAt");
    }
    json.writeEndObject();
  }

  static void writeProblem(JsonGenerator json, Optional<Problem> problem) throws IOException {
    if (problem.isEmpty()) {
      json.writeNullField("problem");
      return;
    }
    json.writeObjectFieldStart("problem");
    JsonMembers.orNull(json, "resultType", problem.get().resultType().map(ResultType::label));
    json.writeStringField("detail", problem.get().detail());
    json.writeEndObject();
  }

  private static void writeUndetermined(JsonGenerator json, Resolution.Undetermined unknown)
      throws IOException {
    json.writeObjectFieldStart("undetermined");
    json.writeStringField("cause", label(unknown.cause()));
    json.writeStringField("detail", unknown.detail());
    json.writeStringField("since", unknown.since().toString());
    json.writeBooleanField("defers", unknown.asksToDefer());
    json.writeEndObject();
  }

  static void writeOverride(JsonGenerator json, PolicyOverride override) throws IOException {
    json.writeObjectFieldStart("override");
    json.writeStringField("appliesTo", override.appliesTo());
    json.writeStringField("action", override.action().label());
    json.writeStringField("author", override.author());
    json.writeStringField("reason", override.reason());
    JsonMembers.orNull(json, "until", override.until().map(Instant::toString));
    json.writeEndObject();
  }

  private static void writeMx(JsonGenerator json, MxCheck mx) throws IOException {
    json.writeStartObject();
    json.writeStringField("host", mx.decision().mxHost());
    if (mx.preference().isPresent()) {
      json.writeNumberField("preference", mx.preference().get());
    } else {
      json.writeNullField("preference");
    }
    json.writeBooleanField("listed", mx.decision().isListed());
    JsonMembers.orNull(json, "pattern", mx.decision().listed().map(MxPattern::text));
    json.writeStringField("requirement", label(mx.decision().requirement()));
    if (mx.decision().settings().enforcement() == Enforcement.SHADOW) {
      json.writeStringField("wouldBe", label(mx.decision().wouldBe()));
    }
    writeTls(json, mx.tls());
    json.writeEndObject();
  }

  private static void writeTls(JsonGenerator json, Optional<TlsCheck> tls) throws IOException {
    if (tls.isEmpty()) {
      json.writeNullField("tls");
      return;
    }
    json.writeObjectFieldStart("tls");
    json.writeStringField("outcome", tls.get().result().label());
    JsonMembers.orNull(json, "resultType", tls.get().resultType().map(ResultType::label));
    json.writeStringField("detail", tls.get().detail());
    json.writeEndObject();
  }

  /** Returns the JSON spelling of an enum constant. */
  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
