// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.CacheTier;
import io.github.mtasts.cache.PolicyCache;
import io.github.mtasts.decision.DomainNames;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.resolver.InFlightLookups;
import io.github.mtasts.store.PolicyStoreException;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import io.github.mtasts.store.UnreadableRow;
import io.github.mtasts.stored.StoreGateway;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** The operator's view of the cache and the store of one resolver. */
final class ResolverCacheAdmin implements PolicyCacheAdmin {
  private static final int MOST_ROWS = 10_000;
  private static final int PAGE_SIZE = 1_000;
  private static final int WARM_UP_LOOKUPS = 64;

  private final CachingPolicyResolver resolver;
  private final PolicyCache<CacheEntry> cache;
  private final StoreGateway store;
  private final InFlightLookups lookups;
  private final InstantSource clock;

  ResolverCacheAdmin(
      CachingPolicyResolver resolver,
      PolicyCache<CacheEntry> cache,
      StoreGateway store,
      InFlightLookups lookups,
      InstantSource clock) {
    this.resolver = resolver;
    this.cache = cache;
    this.store = store;
    this.lookups = lookups;
    this.clock = clock;
  }

  @Override
  public Page list(State state, String after, int most) {
    resolver.requireOpen();
    if (most < 1 || most > MOST_ROWS) {
      throw new IllegalArgumentException("most: expected 1 to " + MOST_ROWS + ", found " + most);
    }
    // One row more than asked for, because only that one shows that there is a next page.
    int size = Math.min(most + 1, MOST_ROWS);
    List<StoredRow> rows = new ArrayList<>();
    Optional<String> from = Optional.of(after);
    while (from.isPresent()) {
      List<StoredRow> page = page(from.get(), size);
      for (StoredRow row : page) {
        if (is(state, row)) {
          if (rows.size() == most) {
            return new Page(rows, Optional.of(last(rows).domain()));
          }
          rows.add(row);
        }
      }
      from = page.size() < size ? Optional.empty() : Optional.of(last(page).domain());
    }
    return new Page(rows, Optional.empty());
  }

  private static StoredRow last(List<StoredRow> rows) {
    return rows.get(rows.size() - 1);
  }

  private List<StoredRow> page(String after, int most) {
    if (store.isPresent()) {
      List<StoredRow> page = answered(store.page(after, most));
      if (!page.isEmpty() && last(page).domain().equals(after)) {
        throw new PolicyStoreException(
            "store: expected rows after "
                + Excerpt.of(after)
                + ", found that one again; look at its key, which may be no text");
      }
      return page;
    }
    Map<String, StoredRow> sorted = new TreeMap<>();
    cache.forEachPolicy(
        (domain, entry) -> {
          if (domain.compareTo(after) > 0) {
            sorted.put(domain, store.toRow(entry));
          }
        });
    return sorted.values().stream().limit(most).toList();
  }

  private boolean is(State state, StoredRow row) {
    if (state == State.ANY) {
      return true;
    }
    if (row instanceof UnreadableRow) {
      return state == State.UNREADABLE;
    }
    StoredPolicy policy = (StoredPolicy) row;
    if (policy.hasExpiredAt(clock.instant())) {
      return state == State.EXPIRED;
    }
    return switch (state) {
      case ENFORCE -> policy.mode() == PolicyMode.ENFORCE;
      case TESTING -> policy.mode() == PolicyMode.TESTING;
      case NONE -> policy.mode() == PolicyMode.NONE;
      case FAILING -> policy.lastFailure().isPresent();
      case ANY, EXPIRED, UNREADABLE -> false;
    };
  }

  @Override
  public Optional<StoredRow> show(String domain) {
    resolver.requireOpen();
    String key = name(domain).value();
    if (store.isPresent()) {
      return answered(store.row(key));
    }
    return Optional.ofNullable(cache.get(key))
        .filter(entry -> entry.resolution() instanceof Resolution.InForce)
        .map(store::toRow);
  }

  @Override
  public boolean purge(String domain) {
    resolver.requireOpen();
    String key = name(domain).value();
    boolean cached = lookups.remove(key);
    return store.isPresent() ? purgeStored(key) || cached : cached;
  }

  /** Also purges the cache again: a lookup may have read the row from the store meanwhile. */
  private boolean purgeStored(String key) {
    boolean stored = answered(store.purge(key));
    lookups.remove(key);
    return stored;
  }

  @Override
  public long purgeAll() {
    resolver.requireOpen();
    long purged = 0;
    Page page = list(State.ANY, "", PAGE_SIZE);
    while (!page.rows().isEmpty()) {
      for (StoredRow row : page.rows()) {
        lookups.remove(row.domain());
        if (store.isPresent()) {
          var unused = purgeStored(row.domain());
        }
        purged++;
      }
      page = list(State.ANY, last(page.rows()).domain(), PAGE_SIZE);
    }
    cache.forEachPolicy((domain, entry) -> lookups.remove(domain));
    cache.removeNegativeAnswers();
    return purged;
  }

  @Override
  public Resolution refresh(String domain) {
    return resolver.refreshNow(domain);
  }

  @Override
  public long exportTo(Consumer<StoredPolicy> visitor) {
    resolver.requireOpen();
    long count = 0;
    Optional<String> next = Optional.of("");
    while (next.isPresent()) {
      Page page = list(State.ANY, next.get(), PAGE_SIZE);
      for (StoredRow row : page.rows()) {
        if (row instanceof StoredPolicy policy && !policy.hasExpiredAt(clock.instant())) {
          visitor.accept(policy);
          count++;
        }
      }
      next = page.next();
    }
    return count;
  }

  @Override
  public boolean importFrom(StoredPolicy policy) {
    resolver.requireOpen();
    Optional<CacheEntry> entry = store.toEntry(policy);
    if (entry.isEmpty()) {
      return false;
    }
    if (!store.isPresent()) {
      return lookups.putIfNewer(policy.domain(), entry.get());
    }
    boolean stored = answered(store.save(bounded(policy, entry.get().inForce())));
    if (stored) {
      // Otherwise "no policy" would stay cached until the store is asked again.
      lookups.putIfNewer(policy.domain(), entry.get());
    }
    return stored;
  }

  /**
   * Returns the policy with times that can be trusted: it expires by its own max_age at the latest,
   * and its last use is not in the future, because that would renew it for ever.
   */
  private StoredPolicy bounded(StoredPolicy policy, Resolution.InForce trusted) {
    Instant now = clock.instant();
    return new StoredPolicy(
        policy.domain(),
        policy.id(),
        policy.text(),
        policy.mode(),
        policy.fetchedAt(),
        trusted.expiresAt(),
        policy.lastUsedAt().isAfter(now) ? now : policy.lastUsedAt(),
        policy.lastFailure());
  }

  @Override
  public void warm(List<String> domains, int perSecond, Consumer<Progress> progress) {
    resolver.requireOpen();
    if (perSecond < 1) {
      throw new IllegalArgumentException("perSecond: expected at least 1, found " + perSecond);
    }
    new WarmUp(resolver, domains, perSecond, WARM_UP_LOOKUPS, progress).run();
  }

  @Override
  public Statistics statistics() {
    resolver.requireOpen();
    Map<State, Long> count = new EnumMap<>(State.class);
    Optional<String> next = Optional.of("");
    while (next.isPresent()) {
      Page page = list(State.ANY, next.get(), PAGE_SIZE);
      for (StoredRow row : page.rows()) {
        for (State state : State.values()) {
          if (is(state, row)) {
            count.merge(state, 1L, Long::sum);
          }
        }
      }
      next = page.next();
    }
    return new Statistics(
        count.getOrDefault(State.ENFORCE, 0L),
        count.getOrDefault(State.TESTING, 0L),
        count.getOrDefault(State.NONE, 0L),
        count.getOrDefault(State.EXPIRED, 0L),
        count.getOrDefault(State.FAILING, 0L),
        count.getOrDefault(State.UNREADABLE, 0L),
        cache.size(CacheTier.NEGATIVE));
  }

  private static DomainName name(String domain) {
    return DomainNames.parsePolicyDomain(domain);
  }

  /** The calls have their own timeout, and fail only by an internal error. */
  private <T> T answered(CompletableFuture<Optional<T>> call) {
    try {
      return call.join()
          .orElseThrow(
              () ->
                  new PolicyStoreException(
                      store.trouble().orElse("store: expected an answer in time, found none")
                          + "; try again in a minute"));
    } catch (CompletionException internal) {
      throw new PolicyStoreException("store: " + internal.getMessage(), internal);
    }
  }
}
