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

/** Puts the parts of a resolver together. */
final class ResolverFactory {
  /** What scheduling may add to the deadlines. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** To the store, one after the other: find, find again, lease, find once more. */
  private static final int CALLS_OF_A_WALK = 4;

  private ResolverFactory() {}

  static PolicyResolver of(PolicyResolverBuilder builder) {
    ResolverOptions options = builder.options;
    Optional<ResolverThreads> own =
        options.executor.isPresent() ? Optional.empty() : Optional.of(ResolverThreads.forSteps());
    Executor executor =
        ResolverThreads.neverRejecting(options.executor.or(() -> own).orElseThrow());
    Optional<ResolverThreads> storeThreads =
        options.store.map(store -> ResolverThreads.forStores());
    DnsClient dns = dns(options);
    PolicyFetcher fetcher = fetcher(options, dns);
    Supplier<OverrideTable> overrides = options.overridesInForce();
    MaintenanceThread housekeeper = new MaintenanceThread();
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
              housekeeper.close();
              fetcher.close();
              if (options.dnsClient.isEmpty()) {
                dns.close();
              }
              storeThreads.ifPresent(ResolverThreads::close);
              own.ifPresent(ResolverThreads::close);
            });
    if (!options.refreshUsedWithin.isZero() || options.store.isPresent()) {
      housekeeper.start(resolver.upkeep()::tick);
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

  /** The policy host is found by the same DNS as the record. */
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
   * Puts together what is not yet there; for tests, with parts of their own and no thread.
   *
   * @param overrides the operator's word, of which only memory needs to know
   * @param hostAddresses finds out which policy hosts share an address
   * @param blocking runs calls to the store
   */
  static CachingPolicyResolver of(
      PolicyResolverBuilder builder,
      Supplier<OverrideTable> overrides,
      RecordDiscovery discovery,
      PolicyFetcher fetcher,
      Function<DomainName, CompletableFuture<List<InetAddress>>> hostAddresses,
      Executor blocking,
      Executor executor,
      Runnable closing) {
    ResolverOptions options = builder.options;
    MxTlsSettings settings = options.mxTlsSettings();
    PolicyCache<CacheEntry> memory =
        new PolicyCache<>(
            options.enforcePolicies,
            options.otherPolicies,
            options.negativeAnswers,
            CacheEntry::octets);
    TtlBounds lifetimes =
        new TtlBounds(
            options.recordFloor,
            options.recordCeiling,
            options.negativeLeast,
            options.negativeMost);
    StoreGateway archive =
        archive(
            options,
            new StoreMapper(options.reading, lifetimes, settings, options.clock, options.ticker),
            settings.listener(),
            blocking,
            executor);
    LookupFlow flow =
        new LookupFlow(
            discovery,
            archive,
            new FleetFetch(fetcher, archive, options.fetchDeadline, executor),
            lifetimes,
            new BackOff.Schedule(options.backOffLeast, options.backOffMost, new Random()),
            options.whenUnavailable,
            settings,
            options.clock,
            options.ticker,
            executor);
    // One walk takes a question and a fetch at most, and with a store as long again for another
    // node's fetch; a recheck may have to wait for a look to end.
    Duration oneWalk =
        options.dnsDeadline.plus(options.fetchDeadline).plus(GRACE).plus(storeTime(options));
    return new CachingPolicyResolver(
        memory,
        archive,
        unavailable ->
            new InFlightLookups(
                flow,
                memory,
                entry ->
                    CacheTier.of(entry, policy -> isEnforced(overrides, options.clock, policy)),
                options.ticker,
                executor,
                options.concurrentLookups,
                oneWalk,
                unavailable),
        options.clock,
        options.ticker,
        oneWalk.multipliedBy(2),
        settings,
        options.whenUnavailable,
        flights ->
            new Maintenance(
                new Refresher(
                    memory,
                    archive,
                    flights,
                    hostAddresses,
                    new RefreshSchedule(new SecureRandom().nextLong()),
                    new Refresher.Pace(options.refreshUsedWithin, options.refreshesPerSecond),
                    oneWalk.multipliedBy(2),
                    options.clock,
                    options.ticker,
                    executor),
                archive,
                () -> archive.writeLate(memory::get),
                options.ticker),
        closing);
  }

  private static boolean isEnforced(
      Supplier<OverrideTable> overrides, InstantSource clock, Resolution.InForce policy) {
    return overrides.get().isEnforced(policy.domain(), policy.published().mode(), clock.instant());
  }

  /**
   * What a store may add to a walk: its calls, the line for them, and the wait for another node.
   */
  private static Duration storeTime(ResolverOptions options) {
    return options.store.isPresent()
        ? options
            .storeDeadline
            .multipliedBy(CALLS_OF_A_WALK * (1 + StoreCalls.MOST_DEADLINES_IN_LINE))
            .plus(options.fetchDeadline)
        : Duration.ZERO;
  }

  private static StoreGateway archive(
      ResolverOptions options,
      StoreMapper form,
      ResolverListener listener,
      Executor blocking,
      Executor executor) {
    return new StoreGateway(
        options
            .store
            .map(
                store ->
                    new StoreCalls(
                        store, options.storeDeadline, blocking, executor, listener, options.ticker))
            .orElse(null),
        form,
        options.clock,
        UUID.randomUUID().toString());
  }
}
