// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import io.github.mtasts.decision.DomainNames;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.overrides.OverrideTable;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicyMode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Applies the operator's overrides to the results of another resolver.
 *
 * <p>The other resolver does not see them: it caches, renews and reports what is published, so an
 * override leaves nothing behind when it ends. Which override applies is decided at each call.
 * Thread-safe.
 */
final class OverridingResolver implements PolicyResolver {
  /** The id of a pinned policy, which has no TXT record. */
  private static final String PINNED_ID = "pinned";

  private final PolicyResolver published;
  private final Supplier<OverrideTable> overrides;
  private final InstantSource clock;
  private final MxTlsSettings settings;
  private volatile boolean closed;

  private OverridingResolver(
      PolicyResolver published,
      Supplier<OverrideTable> overrides,
      InstantSource clock,
      MxTlsSettings settings) {
    this.published = published;
    this.overrides = overrides;
    this.clock = clock;
    this.settings = settings;
  }

  /** Returns the given resolver itself if no overrides are configured. */
  static PolicyResolver over(
      PolicyResolver published,
      Supplier<OverrideTable> overrides,
      MxTlsSettings settings,
      ResolverOptions options) {
    return options.overridesFile.isEmpty() && options.overrides.isEmpty()
        ? published
        : new OverridingResolver(published, overrides, options.clock, settings);
  }

  @Override
  public Resolution resolve(String domain) {
    Optional<Match> match = match(domain);
    return match.isEmpty()
        ? published.resolve(domain)
        : withoutLookup(match.get())
            .orElseGet(() -> apply(match.get().override(), published.resolve(domain)));
  }

  @Override
  public CompletableFuture<Resolution> resolveAsync(String domain) {
    Optional<Match> match = match(domain);
    return match.isEmpty()
        ? published.resolveAsync(domain)
        : withoutLookup(match.get())
            .map(CompletableFuture::completedFuture)
            .orElseGet(() -> applyLater(match.get().override(), published.resolveAsync(domain)));
  }

  @Override
  public Resolution recheck(String domain) {
    Optional<Match> match = match(domain);
    return match.isEmpty()
        ? published.recheck(domain)
        : withoutLookup(match.get())
            .orElseGet(() -> apply(match.get().override(), published.recheck(domain)));
  }

  @Override
  public CompletableFuture<Resolution> recheckAsync(String domain) {
    Optional<Match> match = match(domain);
    return match.isEmpty()
        ? published.recheckAsync(domain)
        : withoutLookup(match.get())
            .map(CompletableFuture::completedFuture)
            .orElseGet(() -> applyLater(match.get().override(), published.recheckAsync(domain)));
  }

  @Override
  public PolicyCacheAdmin cache() {
    return published.cache();
  }

  @Override
  public void close() {
    closed = true;
    published.close();
  }

  /** A domain and the override that applies to it. */
  private record Match(DomainName domain, PolicyOverride override) {}

  /** Empty if this is closed or the text is no domain: the other resolver reports that. */
  private Optional<Match> match(String domain) {
    OverrideTable table = overrides.get();
    if (closed || table.isEmpty()) {
      return Optional.empty();
    }
    DomainName name;
    try {
      name = DomainNames.parsePolicyDomain(domain);
    } catch (IllegalArgumentException notADomain) {
      return Optional.empty();
    }
    return table.find(name.value(), clock.instant()).map(override -> new Match(name, override));
  }

  /** Returns the result that needs no lookup, under skip and pin. */
  private Optional<Resolution> withoutLookup(Match match) {
    PolicyOverride override = match.override();
    return switch (override.action()) {
      case SKIP -> Optional.of(skipped(match.domain(), override));
      case PIN -> override.pinned().map(policy -> pinned(match.domain(), policy, override));
      case TESTING, ENFORCE, ALLOW_MX -> Optional.empty();
    };
  }

  private Resolution skipped(DomainName domain, PolicyOverride override) {
    return new Resolution.NoPolicy(
        domain.value(),
        Resolution.Reason.OVERRIDDEN,
        "the operator has set it aside",
        Optional.empty(),
        settings,
        Optional.of(override));
  }

  private Resolution pinned(DomainName domain, Policy policy, PolicyOverride override) {
    Instant now = clock.instant();
    Instant maxAgeEnd = now.plus(policy.maxAge());
    return new Resolution.InForce(
        domain.value(),
        policy,
        PINNED_ID,
        Resolution.Source.PINNED,
        now,
        override.until().filter(maxAgeEnd::isAfter).orElse(maxAgeEnd),
        Optional.empty(),
        settings,
        Optional.of(override));
  }

  private static CompletableFuture<Resolution> applyLater(
      PolicyOverride override, CompletableFuture<Resolution> result) {
    return result.thenApply(resolution -> apply(override, resolution));
  }

  /** An override that changes nothing is not mentioned in the result. */
  private static Resolution apply(PolicyOverride override, Resolution resolution) {
    return resolution instanceof Resolution.InForce policy && changes(override, policy.published())
        ? under(override, policy)
        : resolution;
  }

  private static boolean changes(PolicyOverride override, Policy published) {
    return override.action() == PolicyOverride.Action.ALLOW_MX
        ? published.mode() != PolicyMode.NONE
        : override.effectiveMode(published.mode()) != published.mode();
  }

  private static Resolution.InForce under(PolicyOverride override, Resolution.InForce policy) {
    return new Resolution.InForce(
        policy.domain(),
        policy.published(),
        policy.id(),
        policy.source(),
        policy.fetchedAt(),
        policy.expiresAt(),
        policy.problem(),
        policy.settings(),
        Optional.of(override));
  }
}
