package io.github.mtasts.policy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The TXT record that announces a policy. RFC 8461 §3.1
 *
 * <p>Its id is all that a sender wants of it: another id than last time means that there is a new
 * policy to fetch. Ids have no order. Immutable, hence thread-safe.
 *
 * @param id names one instance of the policy; 1 to 32 ASCII letters and digits
 * @param extensions unknown fields, first of each name, in published order
 * @param text the record as published, its strings joined
 * @param warnings what its owner should mend: what {@link Reading#TOLERANT} forgave and, in both
 *     readings, repeated fields; at most 21
 */
public record StsRecord(
    String id, Map<String, String> extensions, String text, List<String> warnings) {

  private static final int MAX_ID = 32;

  /**
   * Checks and copies what it is given.
   *
   * @param id 1 to 32 ASCII letters and digits
   * @param extensions unknown fields, in the order to keep
   * @param text the record as published
   * @param warnings what its owner should mend
   * @throws IllegalArgumentException if the id is none
   */
  public StsRecord {
    Objects.requireNonNull(text, "text");
    if (!Abnf.isAlphanumeric(id, MAX_ID)) {
      throw new IllegalArgumentException(
          "record id: expected 1 to 32 letters or digits, found \"" + Excerpt.of(id) + "\"");
    }
    extensions = Collections.unmodifiableMap(new LinkedHashMap<>(extensions));
    warnings = List.copyOf(warnings);
  }
}
