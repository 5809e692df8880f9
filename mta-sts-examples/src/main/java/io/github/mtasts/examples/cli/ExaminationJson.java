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
 * Writes an examination as the JSON object that scripts rely upon.
 *
 * <p>{@code override} is there only under one, and {@code wouldBe} only in shadow mode.
 */
final class ExaminationJson {
  private ExaminationJson() {}

  static void write(JsonGenerator json, Examination examination) throws IOException {
    json.writeStringField("domain", examination.domain());
    json.writeObjectFieldStart("record");
    RecordCommand.write(json, examination.record());
    json.writeEndObject();
    writePolicy(json, examination.resolution());
    writeProblem(json, examination.resolution().problem());
    json.writeArrayFieldStart("mx");
    for (MxFinding finding : examination.mx()) {
      writeMx(json, finding);
    }
    json.writeEndArray();
    if (examination.resolution().override().isPresent()) {
      writeOverride(json, examination.resolution().override().get());
    }
    JsonMembers.strings(json, "warnings", examination.warnings());
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

  static void writeOverride(JsonGenerator json, PolicyOverride override) throws IOException {
    json.writeObjectFieldStart("override");
    json.writeStringField("appliesTo", override.appliesTo());
    json.writeStringField("action", override.action().label());
    json.writeStringField("author", override.author());
    json.writeStringField("reason", override.reason());
    JsonMembers.orNull(json, "until", override.until().map(Instant::toString));
    json.writeEndObject();
  }

  private static void writeMx(JsonGenerator json, MxFinding finding) throws IOException {
    json.writeStartObject();
    json.writeStringField("host", finding.decision().mxHost());
    if (finding.preference().isPresent()) {
      json.writeNumberField("preference", finding.preference().get());
    } else {
      json.writeNullField("preference");
    }
    json.writeBooleanField("listed", finding.decision().isListed());
    JsonMembers.orNull(json, "pattern", finding.decision().listed().map(MxPattern::text));
    json.writeStringField("requirement", label(finding.decision().requirement()));
    if (finding.decision().settings().enforcement() == Enforcement.SHADOW) {
      json.writeStringField("wouldBe", label(finding.decision().wouldBe()));
    }
    writeTls(json, finding.tls());
    json.writeEndObject();
  }

  private static void writeTls(JsonGenerator json, Optional<TlsFinding> tls) throws IOException {
    if (tls.isEmpty()) {
      json.writeNullField("tls");
      return;
    }
    json.writeObjectFieldStart("tls");
    json.writeStringField("outcome", tls.get().outcome().label());
    JsonMembers.orNull(json, "resultType", tls.get().resultType().map(ResultType::label));
    json.writeStringField("detail", tls.get().detail());
    json.writeEndObject();
  }

  /** Returns an enum constant as the contract spells it. */
  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
