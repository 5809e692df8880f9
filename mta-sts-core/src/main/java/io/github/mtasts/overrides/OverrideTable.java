// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.overrides;

import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.policy.PolicyMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Overrides by where they apply; the key says by its first dot whether it is a suffix.
 *
 * <p>Immutable, hence thread-safe.
 */
public final class OverrideTable {
  public static final OverrideTable EMPTY = new OverrideTable(Map.of());

  /** For each place those that apply, the one that counts first in front. */
  private final Map<String, List<PolicyOverride>> places;

  private OverrideTable(Map<String, List<PolicyOverride>> places) {
    this.places = places;
  }

  /** Two for one place are a slip: nobody could say which one is meant. */
  public static OverrideTable of(List<PolicyOverride> overrides) {
    Map<String, List<PolicyOverride>> places = new HashMap<>();
    for (PolicyOverride override : overrides) {
      OverridesTokens.require(
          places.put(override.appliesTo(), List.of(override)) == null,
          "overrides: expected one for "
              + override.appliesTo()
              + ", found several; delete all but one");
    }
    return new OverrideTable(places);
  }

  /** These and those of another, which count first where both have one. */
  OverrideTable under(OverrideTable other) {
    Map<String, List<PolicyOverride>> both = new HashMap<>(places);
    other.places.forEach(
        (place, first) ->
            both.merge(
                place,
                first,
                (mine, theirs) -> {
                  List<PolicyOverride> all = new ArrayList<>(theirs);
                  all.addAll(mine);
                  return List.copyOf(all);
                }));
    return new OverrideTable(both);
  }

  public boolean isEmpty() {
    return places.isEmpty();
  }

  int size() {
    return places.size();
  }

  /** Whether mail for a domain is enforced under its published policy and these overrides. */
  public boolean isEnforced(String domain, PolicyMode published, Instant now) {
    // An override that weakens a policy will end, so it does not count here.
    return published == PolicyMode.ENFORCE
        || find(domain, now)
            .filter(override -> override.effectiveMode(published) == PolicyMode.ENFORCE)
            .isPresent();
  }

  /** The most specific one that has not ended; {@code domain} in lower-case A-labels. */
  public Optional<PolicyOverride> find(String domain, Instant now) {
    Optional<PolicyOverride> found = at(domain, now);
    // Only whole labels are cut off, so that badexample.com is not below example.com.
    for (int dot = domain.indexOf('.'); found.isEmpty() && dot >= 0; ) {
      found = at(domain.substring(dot), now);
      dot = domain.indexOf('.', dot + 1);
    }
    return found;
  }

  /** Those that have no effect any more, by where they would apply. */
  List<PolicyOverride> endedAt(Instant now) {
    return places.values().stream()
        .flatMap(List::stream)
        .filter(override -> !override.isInForceAt(now))
        .sorted(Comparator.comparing(PolicyOverride::appliesTo))
        .toList();
  }

  private Optional<PolicyOverride> at(String place, Instant now) {
    for (PolicyOverride override : places.getOrDefault(place, List.of())) {
      if (override.isInForceAt(now)) {
        return Optional.of(override);
      }
    }
    return Optional.empty();
  }
}
