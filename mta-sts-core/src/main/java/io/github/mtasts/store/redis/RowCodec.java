// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.redis;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import io.github.mtasts.store.UnreadableRow;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Converts policies to the values of a hash and back, in the order of {@link HashField}. */
final class RowCodec {
  /** Exactly as strict as the scripts, so that both agree which times are readable. */
  private static final Pattern MILLIS = Pattern.compile("-?[0-9]{1,15}");

  private static final Pattern COUNT = Pattern.compile("[0-9]{1,10}");

  private final Map<HashField, byte[]> values = new EnumMap<>(HashField.class);

  private RowCodec(List<?> reply) {
    Iterator<?> values = reply.iterator();
    for (HashField field : HashField.values()) {
      if (values.hasNext() && values.next() instanceof byte[] octets) {
        this.values.put(field, octets);
      }
    }
  }

  static List<byte[]> values(StoredPolicy policy) {
    List<byte[]> values = new ArrayList<>();
    values.add(octets(Integer.toString(StoredPolicy.FORMAT_VERSION)));
    values.add(octets(policy.id()));
    values.add(octets(policy.text()));
    values.add(octets(policy.mode().label()));
    values.add(octets(policy.fetchedAt()));
    values.add(octets(policy.expiresAt()));
    values.add(octets(policy.lastUsedAt()));
    values.addAll(
        policy
            .lastFailure()
            .map(RowCodec::values)
            .orElse(List.of(octets(""), octets(""), octets(""), octets(""), octets(""))));
    return values;
  }

  static List<byte[]> values(StoredFailure failure) {
    return List.of(
        octets(failure.at()),
        octets(Integer.toString(failure.failures())),
        octets(failure.retryAt()),
        octets(failure.resultType().map(ResultType::label).orElse("")),
        octets(failure.detail()));
  }

  static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] octets(Instant time) {
    return octets(time.toEpochMilli());
  }

  static byte[] octets(long number) {
    return octets(Long.toString(number));
  }

  /** The exclusive lower bound of {@code ZRANGEBYLEX} for the names after a name. */
  static byte[] exclusiveBound(byte[] name) {
    return ByteBuffer.allocate(name.length + 1).put((byte) '(').put(name).array();
  }

  /**
   * Reads a row from the reply of a script.
   *
   * @param reply empty if there is no row, one text with the reason if it is unreadable, else the
   *     values
   */
  static Optional<StoredRow> read(String domain, List<?> reply) {
    return switch (reply.size()) {
      case 0 -> Optional.empty();
      case 1 -> Optional.of(new UnreadableRow(domain, excerpt(reply.get(0))));
      default -> Optional.of(new RowCodec(reply).toStored(domain));
    };
  }

  private StoredRow toStored(String domain) {
    int version;
    try {
      version = count(HashField.VERSION);
    } catch (IllegalArgumentException invalid) {
      return new UnreadableRow(domain, String.valueOf(invalid.getMessage()));
    }
    return StoredRow.of(domain, version, () -> toPolicy(domain));
  }

  private StoredPolicy toPolicy(String domain) {
    return new StoredPolicy(
        domain,
        text(HashField.ID),
        text(HashField.TEXT),
        labelled(HashField.MODE, PolicyMode::ofLabel),
        instant(HashField.FETCHED),
        instant(HashField.EXPIRES),
        instant(HashField.USED),
        text(HashField.FAILED).isEmpty() ? Optional.empty() : Optional.of(toFailure()));
  }

  private StoredFailure toFailure() {
    return new StoredFailure(
        instant(HashField.FAILED),
        count(HashField.FAILURES),
        instant(HashField.RETRY),
        text(HashField.RESULT).isEmpty()
            ? Optional.empty()
            : Optional.of(labelled(HashField.RESULT, ResultType::ofLabel)),
        text(HashField.DETAIL));
  }

  private Instant instant(HashField field) {
    String text = text(field);
    if (!MILLIS.matcher(text).matches()) {
      throw invalid(field, "milliseconds since 1970", text);
    }
    return Instant.ofEpochMilli(Long.parseLong(text));
  }

  private int count(HashField field) {
    String text = text(field);
    if (!COUNT.matcher(text).matches()) {
      throw invalid(field, "a number", text);
    }
    return Integer.parseInt(text);
  }

  private <T> T labelled(HashField field, Function<String, Optional<T>> ofLabel) {
    String text = text(field);
    return ofLabel
        .apply(text)
        .orElseThrow(() -> invalid(field, "a value known to this version", text));
  }

  private String text(HashField field) {
    byte[] octets = values.get(field);
    if (octets == null) {
      throw new IllegalArgumentException(field.label() + ": expected a value, found none");
    }
    try {
      // Unlike new String(...), a decoder throws for octets that are not UTF-8.
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(field.label() + ": expected UTF-8, found other octets", e);
    }
  }

  private static IllegalArgumentException invalid(HashField field, String expected, String found) {
    return new IllegalArgumentException(
        field.label() + ": expected " + expected + ", found \"" + Excerpt.of(found) + "\"");
  }

  private static String excerpt(@Nullable Object octets) {
    return Excerpt.of(new String(ScriptRunner.octets(octets), StandardCharsets.UTF_8), 200);
  }
}
