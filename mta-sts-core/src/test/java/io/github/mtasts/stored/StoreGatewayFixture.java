// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.stored;

import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.TtlBounds;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.stored.StoreGateway.Answer;
import io.github.mtasts.testing.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A gateway to a {@link HookedStore}, whose calls run in the calling thread unless told. */
final class StoreGatewayFixture {
  static final Duration MAX_AGE = Duration.ofDays(30);

  final SettableClock clock = new SettableClock();
  final StoreEvents events = new StoreEvents();
  final HookedStore store = new HookedStore();
  final Map<String, CacheEntry> cache = new HashMap<>();
  final StoreGateway gateway = gateway(Runnable::run);

  /** The time at which policies are fetched: the true time, whatever the clock shows later. */
  final Instant start = clock.instant();

  StoreGateway gateway(Executor threads) {
    return gateway(threads, Duration.ofMinutes(1));
  }

  StoreGateway gateway(Executor threads, Duration deadline) {
    return new StoreGateway(
        Optional.of(store),
        deadline,
        threads,
        threads,
        new StoreMapper(
            Reading.TOLERANT,
            new TtlBounds(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO),
            new MxTlsSettings(Optional.empty(), Optional.empty(), events),
            clock,
            clock.nanoTicker()),
        events,
        clock,
        clock.nanoTicker());
  }

  /** A row with a policy in enforce mode. */
  static StoredPolicy row(String domain, Instant fetchedAt) {
    return new StoredPolicy(
        domain,
        "1",
        "version: STSv1\nmode: enforce\nmx: mx.example.com\nmax_age: " + MAX_AGE.toSeconds() + "\n",
        PolicyMode.ENFORCE,
        fetchedAt,
        fetchedAt.plus(MAX_AGE),
        fetchedAt,
        Optional.empty());
  }

  Answer find(String domain) throws Exception {
    return gateway.find(DomainName.of(domain)).get(1, TimeUnit.MINUTES);
  }

  /** Caches a policy that was fetched now, and saves it. */
  void save(StoreGateway to, String domain) {
    CacheEntry entry = to.toEntry(row(domain, clock.instant())).orElseThrow();
    cache.put(domain, entry);
    var unused = to.save((Resolution.InForce) entry.resolution(), entry.lastUse());
  }

  @Nullable CacheEntry cached(String domain) {
    return cache.get(domain);
  }
}
