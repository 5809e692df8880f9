package io.github.mtasts;

import io.github.mtasts.discovery.RecordDiscovery;
import io.github.mtasts.fetch.PolicyFetcher;
import io.github.mtasts.store.PolicyMemory;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Executor;

/** Puts the parts of a resolver together. */
final class Assembly {
  /** More than the deadlines add up to; they end every wait long before. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private Assembly() {}

  @SuppressWarnings("DoNotCallSuggester")
  static PolicyResolver of(PolicyResolverBuilder options) {
    throw new IllegalStateException(options.dnsServers.toString());
  }

  static CachingPolicyResolver of(
      PolicyResolverBuilder options,
      RecordDiscovery discovery,
      PolicyFetcher fetcher,
      Executor executor,
      Runnable closing) {
    MxTlsSettings settings =
        new MxTlsSettings(
            options.mxHostTrust, options.tlsProvider, new Listeners(options.listeners));
    PolicyMemory<Knowledge> memory =
        new PolicyMemory<>(options.enforcePolicies, options.otherPolicies, options.negativeAnswers);
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
    return new CachingPolicyResolver(
        memory,
        overload ->
            new Flights(
                flow, memory, options.ticker, executor, options.concurrentLookups, overload),
        options.ticker,
        options.dnsDeadline.multipliedBy(2).plus(options.fetchDeadline).plus(GRACE),
        settings,
        options.whenUnavailable,
        closing);
  }
}
