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
 * Overrides by where they apply: a domain, or a suffix with a dot before it.
 *
 * <p>Immutable, hence thread-safe.
 */
public final class OverrideTable {
  public static final OverrideTable EMPTY = new OverrideTable(Map.of());

  /** For each domain or suffix its overrides, the one with precedence first. */
  private final Map<String, List<PolicyOverride>> byTarget;

  private OverrideTable(Map<String, List<PolicyOverride>> byTarget) {
    this.byTarget = byTarget;
  }

  /** Refuses two overrides for the same domain or suffix: which one is meant is unclear. */
  public static OverrideTable of(List<PolicyOverride> overrides) {
    Map<String, List<PolicyOverride>> byTarget = new HashMap<>();
    for (PolicyOverride override : overrides) {
      OverridesTokens.require(
          byTarget.put(override.appliesTo(), List.of(override)) == null,
          "overrides: expected one for "
              + override.appliesTo()
              + ", found several; delete all but one");
    }
    return new OverrideTable(byTarget);
  }

  /** Combines these with those of another table, which win. */
  OverrideTable under(OverrideTable other) {
    Map<String, List<PolicyOverride>> both = new HashMap<>(byTarget);
    other.byTarget.forEach(
        (target, winning) ->
            both.merge(
                target,
                winning,
                (own, others) -> {
                  List<PolicyOverride> all = new ArrayList<>(others);
                  all.addAll(own);
                  return List.copyOf(all);
                }));
    return new OverrideTable(both);
  }

  public boolean isEmpty() {
    return byTarget.isEmpty();
  }

  int size() {
    return byTarget.size();
  }

  /** Whether the override for a domain, if there is one, has a policy of that mode enforced. */
  public boolean enforces(String domain, PolicyMode published, Instant now) {
    return find(domain, now)
        .filter(override -> override.effectiveMode(published) == PolicyMode.ENFORCE)
        .isPresent();
  }

  /** Returns the most specific override that has not ended. {@code domain} is in A-labels. */
  public Optional<PolicyOverride> find(String domain, Instant now) {
    Optional<PolicyOverride> found = at(domain, now);
    // Cuts off whole labels only, so that badexample.com is not below example.com.
    for (int dot = domain.indexOf('.'); found.isEmpty() && dot >= 0; ) {
      found = at(domain.substring(dot), now);
      dot = domain.indexOf('.', dot + 1);
    }
    return found;
  }

  /** Returns the overrides whose end has passed, by where they would apply. */
  List<PolicyOverride> endedAt(Instant now) {
    return byTarget.values().stream()
        .flatMap(List::stream)
        .filter(override -> !override.isInForceAt(now))
        .sorted(Comparator.comparing(PolicyOverride::appliesTo))
        .toList();
  }

  private Optional<PolicyOverride> at(String target, Instant now) {
    for (PolicyOverride override : byTarget.getOrDefault(target, List.of())) {
      if (override.isInForceAt(now)) {
        return Optional.of(override);
      }
    }
    return Optional.empty();
  }
}
