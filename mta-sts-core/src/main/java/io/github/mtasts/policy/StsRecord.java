// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The TXT record that announces a policy. RFC 8461 §3.1
 *
 * <p>Senders need only its id: if the id changes, there is a new policy to fetch. Ids have no
 * order. Immutable, hence thread-safe.
 *
 * @param id identifies one version of the policy; 1 to 32 ASCII letters and digits
 * @param extensions unknown fields, the first of each name, in published order
 * @param text the record as published, its strings joined
 * @param warnings what the domain's owner should fix: flaws that {@link Reading#TOLERANT} accepted
 *     and, in both readings, repeated fields; at most 21
 */
public record StsRecord(
    String id, Map<String, String> extensions, String text, List<String> warnings) {

  private static final int MAX_ID = 32;

  /**
   * Checks and copies the values; does not compare them with {@code text}.
   *
   * @param id 1 to 32 ASCII letters and digits
   * @param extensions unknown fields, in published order; names and values by RFC 8461 §3.1
   * @param text the record as published
   * @param warnings what the domain's owner should fix
   * @throws IllegalArgumentException if no record can have such an id or extension
   */
  public StsRecord {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(text, "text");
    if (!Abnf.isAlphanumeric(id, MAX_ID)) {
      throw new IllegalArgumentException(
          "record id: expected 1 to 32 letters or digits, found \"" + Excerpt.of(id) + "\"");
    }
    extensions = Extensions.OF_RECORDS.copyOf(extensions);
    warnings = List.copyOf(warnings);
  }
}
