// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import io.github.mtasts.decision.DomainNames;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.WhenUnavailable;
import io.github.mtasts.overrides.OverrideTable;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Policy;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Lets the operator's overrides shape what another resolver finds.
 *
 * <p>The other one knows nothing of them: what it remembers, renews and reports is what is
 * published, so that an override leaves nothing behind when it ends. Which override counts is
 * settled at the moment of the question. Thread-safe.
 */
final class OverridingResolver implements PolicyResolver {
  /** What stands for the id of a policy that was not announced. */
  private static final String PINNED_ID = "pinned";

  private final PolicyResolver published;
  private final Supplier<OverrideTable> overrides;
  private final InstantSource clock;
  private final MxTlsSettings settings;

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

  /** The very same resolver where nobody has said anything of overrides. */
  static PolicyResolver over(
      PolicyResolver published, Supplier<OverrideTable> overrides, ResolverOptions options) {
    return options.overridesFile.isEmpty() && options.overrides.isEmpty()
        ? published
        : new OverridingResolver(published, overrides, options.clock, options.mxTlsSettings());
  }

  @Override
  public Resolution resolve(String domain) {
    Optional<Ruling> ruling = ruling(domain);
    return ruling.isEmpty()
        ? published.resolve(domain)
        : instead(ruling.get())
            .orElseGet(() -> under(ruling.get().override(), published.resolve(domain)));
  }

  @Override
  public CompletableFuture<Resolution> resolveAsync(String domain) {
    Optional<Ruling> ruling = ruling(domain);
    return ruling.isEmpty()
        ? published.resolveAsync(domain)
        : instead(ruling.get())
            .map(CompletableFuture::completedFuture)
            .orElseGet(() -> later(ruling.get().override(), published.resolveAsync(domain)));
  }

  @Override
  public Resolution recheck(String domain) {
    Optional<Ruling> ruling = ruling(domain);
    return ruling.isEmpty()
        ? published.recheck(domain)
        : instead(ruling.get())
            .orElseGet(() -> under(ruling.get().override(), published.recheck(domain)));
  }

  @Override
  public CompletableFuture<Resolution> recheckAsync(String domain) {
    Optional<Ruling> ruling = ruling(domain);
    return ruling.isEmpty()
        ? published.recheckAsync(domain)
        : instead(ruling.get())
            .map(CompletableFuture::completedFuture)
            .orElseGet(() -> later(ruling.get().override(), published.recheckAsync(domain)));
  }

  @Override
  public PolicyCacheAdmin cache() {
    return published.cache();
  }

  @Override
  public void close() {
    published.close();
  }

  /** A domain and the override that counts for it. */
  private record Ruling(DomainName domain, PolicyOverride override) {}

  /** None for what is no domain: the other resolver says why, and no override can make it one. */
  private Optional<Ruling> ruling(String domain) {
    OverrideTable table = overrides.get();
    if (table.isEmpty()) {
      return Optional.empty();
    }
    DomainName name;
    try {
      name = DomainNames.parsePolicyDomain(domain);
    } catch (IllegalArgumentException notADomain) {
      return Optional.empty();
    }
    return table.find(name.value(), clock.instant()).map(override -> new Ruling(name, override));
  }

  /** The answer for which nobody need be asked. */
  private Optional<Resolution> instead(Ruling ruling) {
    PolicyOverride override = ruling.override();
    return switch (override.action()) {
      case SKIP -> Optional.of(skipped(ruling.domain(), override));
      case PIN -> override.pinned().map(policy -> pinned(ruling.domain(), policy, override));
      case TESTING, ENFORCE, ALLOW_MX -> Optional.empty();
    };
  }

  private Resolution skipped(DomainName domain, PolicyOverride override) {
    return new Resolution.NoPolicy(
        domain.value(),
        Resolution.Reason.OVERRIDDEN,
        "the operator has set it aside",
        Optional.empty(),
        WhenUnavailable.PROCEED,
        settings,
        Optional.of(override));
  }

  private Resolution pinned(DomainName domain, Policy policy, PolicyOverride override) {
    Instant now = clock.instant();
    Instant lapse = now.plus(policy.maxAge());
    return new Resolution.InForce(
        domain.value(),
        policy,
        PINNED_ID,
        Resolution.Source.PINNED,
        now,
        override.until().filter(lapse::isAfter).orElse(lapse),
        Optional.empty(),
        settings,
        Optional.of(override));
  }

  private static CompletableFuture<Resolution> later(
      PolicyOverride override, CompletableFuture<Resolution> found) {
    return found.thenApply(seen -> under(override, seen));
  }

  /** One that makes no difference is not mentioned. */
  private static Resolution under(PolicyOverride override, Resolution found) {
    return found instanceof Resolution.InForce policy && override.changes(policy.published())
        ? policy.under(override)
        : found;
  }
}
