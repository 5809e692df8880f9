// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import io.github.mtasts.cache.BackOff;
import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.FetchHistory;
import io.github.mtasts.cache.LastUse;
import io.github.mtasts.cache.TtlBounds;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.Problem;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicySyntaxException;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import io.github.mtasts.store.UnreadableRow;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * From what a store holds to what memory holds, and back.
 *
 * <p>A store is believed as far as it is plausible: its text is parsed again, and no row binds
 * longer than its own max_age from its own fetch, which must have happened already.
 */
public final class StoreMapper {
  private static final Duration FUTURE_TOLERANCE =
      Duration.ofSeconds(PolicyStore.FUTURE_TOLERANCE_SECONDS);

  private final Reading reading;
  private final TtlBounds lifetimes;
  private final MxTlsSettings settings;
  private final InstantSource clock;
  private final LongSupplier ticker;

  public StoreMapper(
      Reading reading,
      TtlBounds lifetimes,
      MxTlsSettings settings,
      InstantSource clock,
      LongSupplier ticker) {
    this.reading = reading;
    this.lifetimes = lifetimes;
    this.settings = settings;
    this.clock = clock;
    this.ticker = ticker;
  }

  /**
   * Reads a row; one that cannot be believed is told to the listener and counts as absent.
   *
   * @param asked the domain that was asked for
   * @return the policy with the rest of its life before it; empty if that is over
   */
  Optional<CacheEntry> revive(String asked, StoredRow row) {
    if (row instanceof UnreadableRow unreadable) {
      return unbelievable(asked, unreadable.detail());
    }
    StoredPolicy stored = (StoredPolicy) row;
    if (!stored.domain().equals(asked)) {
      return unbelievable(asked, "domain: expected " + asked + ", found " + stored.domain());
    }
    Instant now = clock.instant();
    if (stored.fetchedAt().isAfter(now.plus(FUTURE_TOLERANCE))) {
      return unbelievable(
          asked,
          "fetch time: expected the past, found "
              + stored.fetchedAt()
              + " at "
              + now
              + "; set the clocks of all nodes");
    }
    Policy policy;
    try {
      policy = Policy.parse(stored.text().getBytes(StandardCharsets.UTF_8), reading);
    } catch (PolicySyntaxException corrupt) {
      return unbelievable(asked, String.valueOf(corrupt.getMessage()));
    }
    if (policy.mode() != stored.mode()) {
      return unbelievable(
          asked,
          "mode: expected "
              + policy.mode().label()
              + " as in the text, found "
              + stored.mode().label());
    }
    return alive(stored, policy, now);
  }

  private Optional<CacheEntry> unbelievable(String domain, String detail) {
    settings.listener().storedRowUnreadable(domain, detail);
    return Optional.empty();
  }

  private Optional<CacheEntry> alive(StoredPolicy stored, Policy policy, Instant now) {
    Duration lifetime = lifetimes.ofPolicy(policy.maxAge());
    Instant expiresAt = earlier(stored.expiresAt(), stored.fetchedAt().plus(lifetime));
    Duration left = shorter(Duration.between(now, expiresAt), lifetime);
    if (left.isNegative() || left.isZero()) {
      return Optional.empty();
    }
    long nowNanos = ticker.getAsLong();
    Resolution.InForce inForce =
        new Resolution.InForce(
            stored.domain(),
            policy,
            stored.id(),
            Resolution.Source.CACHED,
            stored.fetchedAt(),
            expiresAt,
            Optional.empty(),
            settings);
    return Optional.of(
        new CacheEntry(
            inForce,
            nowNanos + left.toNanos(),
            nowNanos,
            history(stored, now, nowNanos),
            Set.of(),
            new LastUse(nowNanos - ago(stored.lastUsedAt(), now).toNanos())));
  }

  private static FetchHistory history(StoredPolicy stored, Instant now, long nowNanos) {
    return stored
        .lastFailure()
        .filter(failure -> !failure.at().isAfter(now.plus(FUTURE_TOLERANCE)))
        .map(
            failure ->
                new FetchHistory(
                    List.of(
                        new BackOff(
                            stored.id(),
                            failure.failures(),
                            nowNanos + untilRetry(failure, now).toNanos(),
                            new Problem(failure.resultType(), failure.detail(), failure.at()))),
                    List.of()))
        .orElse(FetchHistory.NONE);
  }

  /** A day at most: what a store says must not keep us from asking for longer. */
  private static Duration untilRetry(StoredFailure failure, Instant now) {
    Duration wait = Duration.between(now, failure.retryAt());
    return wait.isNegative() ? Duration.ZERO : shorter(wait, Duration.ofDays(1));
  }

  /** The row to store for what is in force. */
  StoredPolicy row(Resolution.InForce policy, LastUse usage) {
    return new StoredPolicy(
        policy.domain(),
        policy.id(),
        policy.published().text(),
        policy.published().mode(),
        policy.fetchedAt(),
        policy.expiresAt(),
        clock.instant().minus(usage.agoAt(ticker.getAsLong())),
        Optional.empty());
  }

  /** As {@link #row(Resolution.InForce, LastUse)}, with the last failure to renew it. */
  StoredPolicy row(CacheEntry known) {
    return row(known.inForce(), known.usage())
        .failedWith(known.history().lastNoted().map(this::failure));
  }

  /** The failure to note for a back-off that has just begun. */
  StoredFailure failure(BackOff backOff) {
    Instant now = clock.instant();
    return new StoredFailure(
        now,
        backOff.failures(),
        now.plusNanos(Math.max(0, backOff.retryAtNanos() - ticker.getAsLong())),
        backOff.problem().resultType(),
        backOff.problem().detail());
  }

  private static Duration ago(Instant moment, Instant now) {
    Duration ago = Duration.between(moment, now);
    Duration longest = Duration.ofDays(TtlBounds.LONGEST_DAYS);
    return ago.isNegative() ? Duration.ZERO : shorter(ago, longest);
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
