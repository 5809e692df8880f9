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
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** Memory and store of one resolver, as those see them who operate it. */
final class ResolverCacheAdmin implements PolicyCacheAdmin {
  private static final int MOST_ROWS = 10_000;
  private static final int PAGE = 1_000;
  private static final int WARM_AT_ONCE = 64;

  private final CachingPolicyResolver resolver;
  private final PolicyCache<CacheEntry> memory;
  private final StoreGateway archive;
  private final InFlightLookups flights;
  private final InstantSource clock;

  ResolverCacheAdmin(
      CachingPolicyResolver resolver,
      PolicyCache<CacheEntry> memory,
      StoreGateway archive,
      InFlightLookups flights,
      InstantSource clock) {
    this.resolver = resolver;
    this.memory = memory;
    this.archive = archive;
    this.flights = flights;
    this.clock = clock;
  }

  @Override
  public Page list(State state, String after, int most) {
    if (most < 1 || most > MOST_ROWS) {
      throw new IllegalArgumentException("most: expected 1 to " + MOST_ROWS + ", found " + most);
    }
    List<StoredRow> rows = new ArrayList<>();
    Optional<String> next = Optional.of(after);
    while (rows.size() < most && next.isPresent()) {
      List<StoredRow> page = page(next.get(), most);
      next = page.size() < most ? Optional.empty() : Optional.of(last(page).domain());
      for (StoredRow row : page) {
        if (rows.size() == most) {
          // The next page begins after the last row that is shown, not after the last one read.
          return new Page(rows, Optional.of(last(rows).domain()));
        }
        if (is(state, row)) {
          rows.add(row);
        }
      }
    }
    return new Page(rows, next);
  }

  private static StoredRow last(List<StoredRow> rows) {
    return rows.get(rows.size() - 1);
  }

  private List<StoredRow> page(String after, int most) {
    if (archive.isPresent()) {
      List<StoredRow> page = answered(archive.page(after, most));
      if (!page.isEmpty() && last(page).domain().equals(after)) {
        throw new PolicyStoreException(
            "store: expected rows after "
                + Excerpt.of(after)
                + ", found that one again; look at its key, which may be no text");
      }
      return page;
    }
    List<StoredRow> rows = new ArrayList<>();
    for (CacheTier tier : List.of(CacheTier.ENFORCE, CacheTier.OTHER_POLICY)) {
      memory.forEach(
          tier,
          (domain, known) -> {
            if (domain.compareTo(after) > 0) {
              rows.add(archive.row(known));
            }
          });
    }
    rows.sort(Comparator.comparing(StoredRow::domain));
    return rows.subList(0, Math.min(most, rows.size()));
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
    String key = name(domain).value();
    if (archive.isPresent()) {
      return answered(archive.row(key));
    }
    return Optional.ofNullable(memory.get(key))
        .filter(known -> known.resolution() instanceof Resolution.InForce)
        .map(archive::row);
  }

  @Override
  public boolean purge(String domain) {
    String key = name(domain).value();
    boolean known = flights.forget(key);
    return archive.isPresent() ? purgeStored(key) || known : known;
  }

  /** And once more from memory: who asked meanwhile had it from the store. */
  private boolean purgeStored(String key) {
    boolean stored = answered(archive.purge(key));
    flights.forget(key);
    return stored;
  }

  @Override
  public long purgeAll() {
    long purged = 0;
    Page page = list(State.ANY, "", PAGE);
    while (!page.rows().isEmpty()) {
      for (StoredRow row : page.rows()) {
        flights.forget(row.domain());
        if (archive.isPresent()) {
          var unused = purgeStored(row.domain());
        }
        purged++;
      }
      page = list(State.ANY, last(page.rows()).domain(), PAGE);
    }
    for (CacheTier tier : CacheTier.values()) {
      memory.forEach(tier, (domain, known) -> flights.forget(domain));
    }
    return purged;
  }

  @Override
  public Resolution refresh(String domain) {
    return resolver.refreshNow(domain);
  }

  @Override
  public long exportTo(Consumer<StoredPolicy> visitor) {
    long count = 0;
    Optional<String> next = Optional.of("");
    while (next.isPresent()) {
      Page page = list(State.ANY, next.get(), PAGE);
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
    Optional<CacheEntry> believed = archive.revive(policy);
    if (believed.isEmpty()) {
      return false;
    }
    if (archive.isPresent()) {
      return answered(archive.save(asFarAsBelieved(policy, believed.get().inForce())));
    }
    return flights.learn(policy.domain(), believed.get());
  }

  /**
   * What nobody believes is not stored, lest lists show it: an expiry beyond the policy's own
   * max_age. And a use in the future would keep the policy in use for ever: it never moves back.
   */
  private StoredPolicy asFarAsBelieved(StoredPolicy policy, Resolution.InForce believed) {
    Instant now = clock.instant();
    return new StoredPolicy(
        policy.domain(),
        policy.id(),
        policy.text(),
        policy.mode(),
        policy.fetchedAt(),
        believed.expiresAt(),
        policy.lastUsedAt().isAfter(now) ? now : policy.lastUsedAt(),
        policy.lastFailure());
  }

  @Override
  public void warm(List<String> domains, int perSecond, Consumer<Progress> progress) {
    if (perSecond < 1) {
      throw new IllegalArgumentException("perSecond: expected at least 1, found " + perSecond);
    }
    new WarmUp(resolver, domains, perSecond, WARM_AT_ONCE, progress).run();
  }

  @Override
  public Statistics statistics() {
    Map<State, Long> count = new EnumMap<>(State.class);
    Optional<String> next = Optional.of("");
    while (next.isPresent()) {
      Page page = list(State.ANY, next.get(), PAGE);
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
        memory.size(CacheTier.NEGATIVE));
  }

  private static DomainName name(String domain) {
    return DomainNames.parsePolicyDomain(domain);
  }

  /** The calls have a deadline of their own, and are never exceptional but for a flaw of ours. */
  private static <T> T answered(CompletableFuture<Optional<T>> call) {
    try {
      return call.join()
          .orElseThrow(
              () ->
                  new PolicyStoreException(
                      "store: expected an answer within its deadline, found none; see"
                          + " ResolverListener.storeFailed for the reason, and try again in a"
                          + " minute"));
    } catch (CompletionException flaw) {
      throw new PolicyStoreException("store: " + flaw.getMessage(), flaw);
    }
  }
}
