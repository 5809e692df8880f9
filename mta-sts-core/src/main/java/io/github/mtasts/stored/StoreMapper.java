// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import io.github.mtasts.cache.BackOff;
import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.FetchHistory;
import io.github.mtasts.cache.LastUse;
import io.github.mtasts.cache.TtlBounds;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.OwnTrouble;
import io.github.mtasts.decision.Problem;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicySyntaxException;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import io.github.mtasts.store.UnreadableRow;
import io.github.mtasts.stored.StoreGateway.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Converts stored rows to cache entries and back.
 *
 * <p>A row is checked before it is believed: its text is parsed again, it must be about the domain
 * that was asked for, and it is valid for no longer than its max_age, counted from its fetch or
 * from now. Thread-safe.
 */
public record StoreMapper(
    Reading reading,
    TtlBounds ttlBounds,
    MxTlsSettings settings,
    InstantSource clock,
    LongSupplier ticker) {

  private static final Duration FUTURE_TOLERANCE =
      Duration.ofSeconds(PolicyStore.FUTURE_TOLERANCE_SECONDS);

  /** A fleet in use renews some policy more often than this. */
  private static final Duration LONGEST_IDLE = Duration.ofDays(7);

  /**
   * Converts a row. One that cannot be believed is reported to the listener: it may stand for a
   * policy, so it does not count as absent.
   *
   * @param domain the domain that was requested
   * @return the entry with its remaining lifetime; absent if that has passed by the wall clock
   */
  Answer toAnswer(String domain, StoredRow row) {
    if (row instanceof UnreadableRow unreadable) {
      return rejected(domain, unreadable.detail());
    }
    StoredPolicy stored = (StoredPolicy) row;
    if (!stored.domain().equals(domain)) {
      return rejected(domain, "domain: expected " + domain + ", found " + stored.domain());
    }
    Policy policy;
    try {
      policy = Policy.parse(stored.text().getBytes(StandardCharsets.UTF_8), reading);
    } catch (PolicySyntaxException | RuntimeException corrupt) {
      return rejected(domain, String.valueOf(corrupt.getMessage()));
    }
    if (policy.mode() != stored.mode()) {
      String expected = policy.mode().label();
      return rejected(domain, "mode: expected " + expected + ", found " + stored.mode().label());
    }
    Instant now = clock.instant();
    if (stored.fetchedAt().isAfter(now.plus(FUTURE_TOLERANCE))) {
      // A clock is wrong, perhaps this one: no reason to drop a policy.
      String detail = "clock: expected a time after the fetch of " + domain;
      String found = " at " + stored.fetchedAt() + ", found " + now + "; set all clocks";
      settings.listener().ownTrouble(OwnTrouble.CLOCK, detail + found);
    }
    return believed(stored, policy, now);
  }

  /**
   * Judges a row that has expired by this clock: absent, unless the clock may be wrong. If it is
   * days ahead of every fetch in the store, either it is wrong or no node has run for that long.
   */
  Answer toAnswer(StoredPolicy expired, Optional<Instant> newestFetch) {
    Instant now = clock.instant();
    Instant newest = newestFetch.orElse(now);
    if (expired.hasExpiredAt(newest) || !now.isAfter(newest.plus(LONGEST_IDLE))) {
      return new Answer.Absent();
    }
    String detail =
        "clock: expected at most %d days after the newest fetch in the store at %s, found %s; if it"
                .formatted(LONGEST_IDLE.toDays(), newest, now)
            + " is right, purge the stored policy of "
            + expired.domain();
    settings.listener().ownTrouble(OwnTrouble.CLOCK, detail);
    return new Answer.Unknown(Cause.STORE_UNAVAILABLE, detail, Optional.empty());
  }

  private Answer rejected(String domain, String detail) {
    settings.listener().storedRowUnreadable(domain, detail);
    return new Answer.Unknown(
        Cause.STORE_UNAVAILABLE, "stored row: " + detail + "; purge it", Optional.empty());
  }

  private Answer believed(StoredPolicy stored, Policy policy, Instant now) {
    Duration lifetime = ttlBounds.ofPolicy(policy.maxAge());
    Instant expiresAt =
        Collections.min(List.of(stored.expiresAt(), stored.fetchedAt().plus(lifetime)));
    Duration remaining = Collections.min(List.of(Duration.between(now, expiresAt), lifetime));
    if (remaining.isNegative() || remaining.isZero()) {
      return new Answer.Absent();
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
    return new Answer.Found(
        new CacheEntry(
            inForce,
            nowNanos + remaining.toNanos(),
            nowNanos,
            nowNanos,
            history(stored, now, nowNanos),
            Set.of(),
            new LastUse(nowNanos - timeSince(stored.lastUsedAt(), now).toNanos(), true)));
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
                    failure.failures(),
                    List.of()))
        .orElse(FetchHistory.NONE);
  }

  /** A day at most: a row must not prevent fetches for longer. */
  private static Duration untilRetry(StoredFailure failure, Instant now) {
    Duration wait = Duration.between(now, failure.retryAt());
    return wait.isNegative() ? Duration.ZERO : Collections.min(List.of(wait, Duration.ofDays(1)));
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
    return elapsed.isNegative() ? Duration.ZERO : Collections.min(List.of(elapsed, longest));
  }
}
