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
import io.github.mtasts.stored.StoreCalls;
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
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/** Creates the parts of a resolver and connects them. */
final class ResolverFactory {
  /** What thread scheduling may add to the timeouts. */
  private static final Duration SCHEDULING_MARGIN = Duration.ofSeconds(5);

  /** Sequential store calls of a lookup: find, find, lease, find. */
  private static final int STORE_CALLS_PER_LOOKUP = 4;

  private ResolverFactory() {}

  static PolicyResolver of(PolicyResolverBuilder builder) {
    ResolverOptions options = builder.options;
    Optional<ResolverThreads> ownThreads =
        options.executor.isPresent() ? Optional.empty() : Optional.of(ResolverThreads.forSteps());
    Executor executor =
        ResolverThreads.neverRejecting(options.executor.or(() -> ownThreads).orElseThrow());
    Optional<ResolverThreads> storeThreads =
        options.store.map(store -> ResolverThreads.forStores());
    DnsClient dns = dns(options);
    PolicyFetcher fetcher = fetcher(options, dns);
    Supplier<OverrideTable> overrides = options.overridesInForce();
    MaintenanceThread maintenanceThread = new MaintenanceThread();
    CachingPolicyResolver resolver =
        of(
            builder,
            overrides,
            new TxtRecordDiscovery(dns, options.reading),
            fetcher,
            host ->
                options.proxy.isPresent()
                    ? CompletableFuture.completedFuture(List.of())
                    : addresses(dns, host),
            storeThreads.<Executor>map(Function.identity()).orElse(executor),
            executor,
            () -> {
              maintenanceThread.close();
              fetcher.close();
              if (options.dnsClient.isEmpty()) {
                dns.close();
              }
              storeThreads.ifPresent(ResolverThreads::close);
              ownThreads.ifPresent(ResolverThreads::close);
            });
    if (!options.refreshUsedWithin.isZero() || options.store.isPresent()) {
      maintenanceThread.start(resolver.maintenance()::tick);
    }
    return OverridingResolver.over(resolver, overrides, options);
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
   * @param hostAddresses finds out which policy hosts share an address
   * @param storeExecutor runs calls to the store, which block
   */
  static CachingPolicyResolver of(
      PolicyResolverBuilder builder,
      Supplier<OverrideTable> overrides,
      RecordDiscovery discovery,
      PolicyFetcher fetcher,
      Function<DomainName, CompletableFuture<List<InetAddress>>> hostAddresses,
      Executor storeExecutor,
      Executor executor,
      Runnable onClose) {
    ResolverOptions options = builder.options;
    MxTlsSettings settings = options.mxTlsSettings();
    PolicyCache<CacheEntry> cache =
        new PolicyCache<>(
            options.enforcePolicies,
            options.otherPolicies,
            options.negativeAnswers,
            CacheEntry::estimatedSize);
    TtlBounds ttlBounds =
        new TtlBounds(
            options.recordFloor,
            options.recordCeiling,
            options.negativeLeast,
            options.negativeMost);
    StoreGateway store =
        store(
            options,
            new StoreMapper(options.reading, ttlBounds, settings, options.clock, options.ticker),
            settings.listener(),
            storeExecutor,
            executor);
    LookupFlow flow =
        new LookupFlow(
            discovery,
            store,
            new FleetFetch(fetcher, store, options.fetchDeadline, executor),
            ttlBounds,
            new BackOff.Schedule(options.backOffLeast, options.backOffMost, new Random()),
            options.whenUnavailable,
            settings,
            options.clock,
            options.ticker,
            executor);
    // A lookup needs at most one DNS query and one fetch, and with a store the time of another
    // node's fetch. A recheck may first have to wait for a running lookup.
    Duration oneLookup =
        options
            .dnsDeadline
            .plus(options.fetchDeadline)
            .plus(SCHEDULING_MARGIN)
            .plus(storeTime(options));
    return new CachingPolicyResolver(
        cache,
        store,
        unavailable ->
            new InFlightLookups(
                flow,
                cache,
                entry ->
                    CacheTier.of(
                        entry, policy -> isEnforcedByOverride(overrides, options.clock, policy)),
                options.ticker,
                executor,
                options.concurrentLookups,
                oneLookup,
                unavailable),
        options.clock,
        options.ticker,
        oneLookup.multipliedBy(2),
        settings,
        options.whenUnavailable,
        lookups ->
            new Maintenance(
                new Refresher(
                    cache,
                    store,
                    lookups,
                    hostAddresses,
                    new RefreshSchedule(new SecureRandom().nextLong()),
                    new Refresher.Pace(options.refreshUsedWithin, options.refreshesPerSecond),
                    oneLookup.multipliedBy(2),
                    options.clock,
                    options.ticker,
                    executor),
                store,
                () -> store.retryWrites(cache::get),
                options.ticker),
        onClose);
  }

  private static boolean isEnforcedByOverride(
      Supplier<OverrideTable> overrides, InstantSource clock, Resolution.InForce policy) {
    return overrides.get().enforces(policy.domain(), policy.published().mode(), clock.instant());
  }

  /** What a store may add to a lookup: its calls, their queue, and another node's fetch. */
  private static Duration storeTime(ResolverOptions options) {
    return options.store.isPresent()
        ? options
            .storeDeadline
            .multipliedBy(STORE_CALLS_PER_LOOKUP * (1 + StoreCalls.MAX_DEADLINES_IN_QUEUE))
            .plus(options.fetchDeadline)
        : Duration.ZERO;
  }

  private static StoreGateway store(
      ResolverOptions options,
      StoreMapper mapper,
      ResolverListener listener,
      Executor storeExecutor,
      Executor executor) {
    return new StoreGateway(
        options
            .store
            .map(
                store ->
                    new StoreCalls(
                        store,
                        options.storeDeadline,
                        storeExecutor,
                        executor,
                        listener,
                        options.ticker))
            .orElse(null),
        mapper,
        options.clock,
        UUID.randomUUID().toString());
  }
}
