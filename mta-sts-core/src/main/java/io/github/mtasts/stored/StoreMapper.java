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
 * Converts stored rows to cache entries and back.
 *
 * <p>A row is trusted only if it is plausible: its text is parsed again, its fetch must lie in the
 * past, and it expires no later than its max_age after that fetch. Thread-safe.
 */
public final class StoreMapper {
  private static final Duration FUTURE_TOLERANCE =
      Duration.ofSeconds(PolicyStore.FUTURE_TOLERANCE_SECONDS);

  private final Reading reading;
  private final TtlBounds ttlBounds;
  private final MxTlsSettings settings;
  private final InstantSource clock;
  private final LongSupplier ticker;

  public StoreMapper(
      Reading reading,
      TtlBounds ttlBounds,
      MxTlsSettings settings,
      InstantSource clock,
      LongSupplier ticker) {
    this.reading = reading;
    this.ttlBounds = ttlBounds;
    this.settings = settings;
    this.clock = clock;
    this.ticker = ticker;
  }

  /**
   * Converts a row; one that is not plausible is reported to the listener and ignored.
   *
   * @param domain the domain that was requested
   * @return the entry with its remaining lifetime; empty if it has expired or was ignored
   */
  Optional<CacheEntry> toEntry(String domain, StoredRow row) {
    if (row instanceof UnreadableRow unreadable) {
      return rejected(domain, unreadable.detail());
    }
    StoredPolicy stored = (StoredPolicy) row;
    if (!stored.domain().equals(domain)) {
      return rejected(domain, "domain: expected " + domain + ", found " + stored.domain());
    }
    Instant now = clock.instant();
    if (stored.fetchedAt().isAfter(now.plus(FUTURE_TOLERANCE))) {
      return rejected(
          domain,
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
      return rejected(domain, String.valueOf(corrupt.getMessage()));
    }
    if (policy.mode() != stored.mode()) {
      return rejected(
          domain,
          "mode: expected "
              + policy.mode().label()
              + " as in the text, found "
              + stored.mode().label());
    }
    return unexpired(stored, policy, now);
  }

  private Optional<CacheEntry> rejected(String domain, String detail) {
    settings.listener().storedRowUnreadable(domain, detail);
    return Optional.empty();
  }

  private Optional<CacheEntry> unexpired(StoredPolicy stored, Policy policy, Instant now) {
    Duration lifetime = ttlBounds.ofPolicy(policy.maxAge());
    Instant expiresAt = earlier(stored.expiresAt(), stored.fetchedAt().plus(lifetime));
    Duration remaining = shorter(Duration.between(now, expiresAt), lifetime);
    if (remaining.isNegative() || remaining.isZero()) {
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
            nowNanos + remaining.toNanos(),
            nowNanos,
            history(stored, now, nowNanos),
            Set.of(),
            new LastUse(nowNanos - timeSince(stored.lastUsedAt(), now).toNanos())));
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

  /** A day at most: a row must not prevent fetches for longer. */
  private static Duration untilRetry(StoredFailure failure, Instant now) {
    Duration wait = Duration.between(now, failure.retryAt());
    return wait.isNegative() ? Duration.ZERO : shorter(wait, Duration.ofDays(1));
  }

  /** The row to store for a policy. */
  StoredPolicy toRow(Resolution.InForce policy, LastUse lastUse) {
    return new StoredPolicy(
        policy.domain(),
        policy.id(),
        policy.published().text(),
        policy.published().mode(),
        policy.fetchedAt(),
        policy.expiresAt(),
        clock.instant().minus(lastUse.agoAt(ticker.getAsLong())),
        Optional.empty());
  }

  /** The row to store for an entry, with its last failure. */
  StoredPolicy toRow(CacheEntry entry) {
    return toRow(entry.inForce(), entry.lastUse())
        .failedWith(entry.history().lastFailure().map(this::toFailure));
  }

  /** The failure to store for a back-off that has just begun. */
  StoredFailure toFailure(BackOff backOff) {
    Instant now = clock.instant();
    return new StoredFailure(
        now,
        backOff.failures(),
        now.plusNanos(Math.max(0, backOff.retryAtNanos() - ticker.getAsLong())),
        backOff.problem().resultType(),
        backOff.problem().detail());
  }

  private static Duration timeSince(Instant moment, Instant now) {
    Duration elapsed = Duration.between(moment, now);
    Duration longest = Duration.ofDays(TtlBounds.LONGEST_DAYS);
    return elapsed.isNegative() ? Duration.ZERO : shorter(elapsed, longest);
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
