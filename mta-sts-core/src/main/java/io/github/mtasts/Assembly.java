package io.github.mtasts;

import io.github.mtasts.discovery.DnsAnswer;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.discovery.DnsJavaClient;
import io.github.mtasts.discovery.RecordDiscovery;
import io.github.mtasts.discovery.TxtRecordDiscovery;
import io.github.mtasts.fetch.AddressGuard;
import io.github.mtasts.fetch.LookupUnavailableException;
import io.github.mtasts.fetch.OkHttpPolicyFetcher;
import io.github.mtasts.fetch.PolicyFetcher;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.store.PolicyMemory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Puts the parts of a resolver together. */
final class Assembly {
  /** What scheduling may add to the deadlines. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private Assembly() {}

  static PolicyResolver of(PolicyResolverBuilder builder) {
    ResolverOptions options = builder.options;
    Optional<OwnThreads> own =
        options.executor.isPresent() ? Optional.empty() : Optional.of(new OwnThreads());
    Executor executor = OwnThreads.neverRejecting(options.executor.or(() -> own).orElseThrow());
    DnsClient dns = dns(options);
    PolicyFetcher fetcher = fetcher(options, dns);
    return of(
        builder,
        new TxtRecordDiscovery(dns, options.reading),
        fetcher,
        executor,
        () -> {
          fetcher.close();
          if (options.dnsClient.isEmpty()) {
            dns.close();
          }
          own.ifPresent(OwnThreads::close);
        });
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
    OkHttpPolicyFetcher.Builder fetcher =
        OkHttpPolicyFetcher.builder(host -> addresses(dns, host))
            .guard(AddressGuard.publicOnly().allowing(options.allowedRanges))
            .deadline(options.fetchDeadline)
            .reading(options.reading)
            .port(options.policyHostPort)
            .maxConcurrentFetches(options.concurrentFetches)
            .clock(options.clock);
    options.policyHostTrust.ifPresent(fetcher::trustManager);
    options.proxy.ifPresent(fetcher::proxy);
    return fetcher.build();
  }

  /** The policy host is found by the same DNS as the record. */
  private static CompletableFuture<List<InetAddress>> addresses(DnsClient dns, DomainName host) {
    return dns.addresses(host).thenCompose(Assembly::addresses);
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

  static CachingPolicyResolver of(
      PolicyResolverBuilder builder,
      RecordDiscovery discovery,
      PolicyFetcher fetcher,
      Executor executor,
      Runnable closing) {
    ResolverOptions options = builder.options;
    MxTlsSettings settings =
        new MxTlsSettings(
            options.mxHostTrust, options.tlsProvider, new Listeners(options.listeners));
    PolicyMemory<Knowledge> memory =
        new PolicyMemory<>(
            options.enforcePolicies,
            options.otherPolicies,
            options.negativeAnswers,
            Knowledge::octets);
    PolicyFlow flow =
        new PolicyFlow(
            discovery,
            fetcher,
            new Lifetimes(
                options.recordFloor,
                options.recordCeiling,
                options.negativeLeast,
                options.negativeMost),
            new BackOff.Schedule(options.backOffLeast, options.backOffMost, new Random()),
            options.whenUnavailable,
            settings,
            options.clock,
            options.ticker,
            executor);
    // One walk takes a question and a fetch at most; a recheck may have to wait for a look to end.
    Duration oneWalk = options.dnsDeadline.plus(options.fetchDeadline).plus(GRACE);
    return new CachingPolicyResolver(
        memory,
        unavailable ->
            new Flights(
                flow,
                memory,
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
        closing);
  }
}
