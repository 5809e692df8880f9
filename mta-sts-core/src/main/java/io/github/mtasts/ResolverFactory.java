// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import io.github.mtasts.address.AddressGuard;
import io.github.mtasts.cache.BackOff;
import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.CacheTier;
import io.github.mtasts.cache.PolicyCache;
import io.github.mtasts.cache.TtlBounds;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.discovery.DnsAnswer;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.discovery.DnsJavaClient;
import io.github.mtasts.discovery.record.RecordDiscovery;
import io.github.mtasts.discovery.record.TxtRecordDiscovery;
import io.github.mtasts.events.EventDispatcher;
import io.github.mtasts.fetch.FetchSettings;
import io.github.mtasts.fetch.LookupUnavailableException;
import io.github.mtasts.fetch.OkHttpPolicyFetcher;
import io.github.mtasts.fetch.PolicyFetcher;
import io.github.mtasts.fetch.UserAgent;
import io.github.mtasts.overrides.OverrideTable;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.refresh.Maintenance;
import io.github.mtasts.refresh.MaintenanceThread;
import io.github.mtasts.refresh.RefreshSchedule;
import io.github.mtasts.refresh.Refresher;
import io.github.mtasts.resolver.FleetFetch;
import io.github.mtasts.resolver.InFlightLookups;
import io.github.mtasts.resolver.LookupFlow;
import io.github.mtasts.resolver.UndeterminedAnswers;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.stored.StoreGateway;
import io.github.mtasts.stored.StoreMapper;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Creates the parts of a resolver and connects them. */
final class ResolverFactory {
  /** What thread scheduling may add to the timeouts. */
  private static final Duration SCHEDULING_MARGIN = Duration.ofSeconds(5);

  /** An answer waits for this part of the store's deadline until a new policy is stored. */
  private static final int STORE_WRITE_PART = 4;

  /**
   * Sequential store calls of a lookup: up to two when it starts, for the row and, if that has
   * expired, for the newest fetch; and one right before its fetch.
   */
  private static final int STORE_CALLS_PER_LOOKUP = 3;

  private ResolverFactory() {}

  static PolicyResolver of(PolicyResolverBuilder builder) {
    return Linkage.proven(() -> create(builder));
  }

  private static PolicyResolver create(PolicyResolverBuilder builder) {
    ResolverOptions options = builder.options;
    ResolverThreads steps = ResolverThreads.forSteps();
    ResolverThreads reads = ResolverThreads.forStoreReads(options.concurrentLookups);
    ResolverThreads writes = ResolverThreads.forStoreWrites();
    DnsClient dns = dns(options);
    PolicyFetcher fetcher = fetcher(options, dns);
    EventDispatcher events = EventDispatcher.threaded(options.listeners, options.ticker);
    Supplier<OverrideTable> overrides = options.overridesInForce(events);
    MaintenanceThread maintenanceThread = new MaintenanceThread();
    CachingPolicyResolver resolver =
        of(
            builder,
            overrides,
            new TxtRecordDiscovery(dns, options.reading),
            fetcher,
            new Threads(steps, reads, writes),
            events,
            () -> {
              maintenanceThread.close();
              fetcher.close();
              if (options.dnsClient.isEmpty()) {
                dns.close();
              }
              reads.close();
              writes.close();
              options.ownStore.ifPresent(PolicyStore::close);
              steps.close();
              events.close();
            });
    if (!options.refreshUsedWithin.isZero() || options.store.isPresent()) {
      maintenanceThread.start(resolver.maintenance()::tick);
    }
    return OverridingResolver.over(resolver, overrides, options.mxTlsSettings(events), options);
  }

  /**
   * Where the work of a resolver runs.
   *
   * @param steps for the short steps of lookups
   * @param storeReads for calls to the store that read, which block
   * @param storeWrites for calls to the store that write, which block
   */
  record Threads(Executor steps, Executor storeReads, Executor storeWrites) {
    /** Everything on the caller's thread; for tests. */
    static final Threads INLINE = new Threads(Runnable::run, Runnable::run, Runnable::run);
  }

  private static DnsClient dns(ResolverOptions options) {
    if (options.dnsClient.isPresent()) {
      return options.dnsClient.get();
    }
    if (options.dnsOverHttps.isPresent()) {
      return DnsJavaClient.overHttps(options.dnsOverHttps.get(), options.dnsDeadline);
    }
    return options.dnsServers.isEmpty()
        ? DnsJavaClient.system(options.dnsDeadline)
        : DnsJavaClient.of(options.dnsServers, options.dnsDeadline);
  }

  private static PolicyFetcher fetcher(ResolverOptions options, DnsClient dns) {
    return new OkHttpPolicyFetcher(
        host -> addresses(dns, host),
        new FetchSettings(
            AddressGuard.publicOnly().allowing(options.allowedRanges),
            options.reading,
            options.policyHostTrust,
            options.proxy.orElse(Proxy.NO_PROXY),
            options.policyHostPort,
            UserAgent.standard(),
            options.fetchDeadline,
            options.concurrentFetches,
            Optional.empty(),
            options.clock));
  }

  /** Looks the policy host up by the same DNS client as the record. */
  private static CompletableFuture<List<InetAddress>> addresses(DnsClient dns, DomainName host) {
    return dns.addresses(host).thenCompose(ResolverFactory::addresses);
  }

  private static CompletableFuture<List<InetAddress>> addresses(DnsAnswer<InetAddress> answer) {
    return switch (answer.status()) {
      case FOUND -> CompletableFuture.completedFuture(answer.records());
      case NO_DATA, NO_DOMAIN ->
          CompletableFuture.failedFuture(new UnknownHostException(answer.detail()));
      case UNAVAILABLE ->
          CompletableFuture.failedFuture(new LookupUnavailableException(answer.detail()));
    };
  }

  /**
   * Creates a resolver from given parts, without threads of its own; also for tests.
   *
   * @param overrides the operator's overrides, which decide on the cache tier of a policy
   * @param events receives all events
   */
  static CachingPolicyResolver of(
      PolicyResolverBuilder builder,
      Supplier<OverrideTable> overrides,
      RecordDiscovery discovery,
      PolicyFetcher fetcher,
      Threads threads,
      ResolverListener events,
      Runnable onClose) {
    ResolverOptions options = builder.options;
    MxTlsSettings settings = options.mxTlsSettings(events);
    Executor executor = ResolverThreads.neverRejecting(threads.steps());
    PolicyCache<CacheEntry> cache =
        new PolicyCache<>(options.enforcePolicies, options.otherPolicies, options.negativeAnswers);
    TtlBounds ttlBounds =
        new TtlBounds(
            options.recordFloor,
            options.recordCeiling,
            options.negativeLeast,
            options.negativeMost);
    StoreGateway store =
        new StoreGateway(
            options.store,
            options.storeDeadline,
            threads.storeReads(),
            threads.storeWrites(),
            new StoreMapper(options.reading, ttlBounds, settings, options.clock, options.ticker),
            events,
            options.clock,
            options.ticker);
    LookupFlow flow =
        new LookupFlow(
            discovery,
            store,
            new FleetFetch(
                fetcher,
                store,
                // Other nodes share a store that was handed in, not the file of this resolver.
                options.ownStore.isPresent() ? options.concurrentFetches : FleetFetch.IN_A_FLEET,
                options.random,
                executor),
            ttlBounds,
            new BackOff.Schedule(options.backOffLeast, options.backOffMost, options.random),
            new UndeterminedAnswers(
                options.whenDnsUnavailable, options.whenStoreUnavailable, settings, options.clock),
            options.storeDeadline.dividedBy(STORE_WRITE_PART),
            options.ticker,
            executor);
    // A lookup needs at most one DNS query and one fetch, and the time for the store and for a turn
    // to fetch. A recheck may first have to wait for a running lookup.
    Duration oneLookup =
        options
            .dnsDeadline
            .plus(options.fetchDeadline)
            .plus(SCHEDULING_MARGIN)
            .plus(storeTime(options));
    InFlightLookups lookups =
        new InFlightLookups(
            flow,
            cache,
            entry ->
                CacheTier.of(
                    entry, policy -> isEnforcedByOverride(overrides, options.clock, policy)),
            options.ticker,
            executor,
            options.concurrentLookups,
            oneLookup);
    Refresher refresher =
        new Refresher(
            cache,
            store,
            lookups,
            new RefreshSchedule(new SecureRandom().nextLong()),
            new Refresher.Pace(options.refreshUsedWithin, options.refreshesPerSecond),
            oneLookup.multipliedBy(2),
            options.clock,
            options.ticker);
    return new CachingPolicyResolver(
        cache,
        store,
        lookups,
        options.clock,
        options.ticker,
        oneLookup.multipliedBy(2),
        settings,
        options.executor.map(ResolverThreads::neverRejecting).orElse(executor),
        new Maintenance(refresher, store, cache, options.ticker),
        onClose);
  }

  private static boolean isEnforcedByOverride(
      Supplier<OverrideTable> overrides, InstantSource clock, Resolution.InForce policy) {
    return overrides.get().enforces(policy.domain(), policy.published().mode(), clock.instant());
  }

  /** What a store may add to a lookup. */
  private static Duration storeTime(ResolverOptions options) {
    return options.store.isPresent()
        ? StoreGateway.PATIENCE.plus(options.storeDeadline).multipliedBy(STORE_CALLS_PER_LOOKUP)
        : Duration.ZERO;
  }
}
