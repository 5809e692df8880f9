// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.discovery.record.DiscoveredRecord;
import io.github.mtasts.discovery.record.RecordDiscovery;
import io.github.mtasts.events.EventDispatcher;
import io.github.mtasts.fetch.FetchResult;
import io.github.mtasts.fetch.PolicyFetcher;
import io.github.mtasts.overrides.OverrideTable;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicySyntaxException;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.policy.RecordAnswer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * DNS and policy hosts as maps, and a clock that moves only when a test moves it. Answers come at
 * once, or when a test completes them.
 */
@SuppressWarnings("exports") // public for the tests of other packages, and no part of the kit
public final class FakeInternet implements RecordDiscovery, PolicyFetcher, InstantSource {
  public static final Instant START = Instant.parse("2026-11-25T00:00:00Z");

  public final AtomicInteger questions = new AtomicInteger();
  public final AtomicInteger fetches = new AtomicInteger();
  public final AtomicLong nanos = new AtomicLong();
  public final AtomicLong wallOffsetSeconds = new AtomicLong();

  private final Map<String, DiscoveredRecord> records = new ConcurrentHashMap<>();
  private final Map<String, FetchResult> policies = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<DiscoveredRecord>> slowRecords =
      new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<FetchResult>> slowPolicies =
      new ConcurrentHashMap<>();

  public FakeInternet() {}

  public FakeInternet txt(String domain, int ttlSeconds, String... values) {
    return record(domain, RecordAnswer.evaluate(List.of(values), Reading.TOLERANT), ttlSeconds);
  }

  public FakeInternet noTxt(String domain, int ttlSeconds) {
    return txt(domain, ttlSeconds);
  }

  public FakeInternet dnsDown(String domain) {
    return record(domain, RecordAnswer.unavailable("no answer within 5 s"), 0);
  }

  private FakeInternet record(String domain, RecordAnswer answer, int ttlSeconds) {
    records.put(domain, new DiscoveredRecord(answer, Duration.ofSeconds(ttlSeconds)));
    return this;
  }

  public FakeInternet policy(String domain, String text) {
    policies.put(domain, new FetchResult.Fetched(parse(text)));
    return this;
  }

  public FakeInternet enforce(String domain, int maxAge, String... mx) {
    return policy(domain, text("enforce", maxAge, mx));
  }

  public FakeInternet broken(String domain, ResultType type) {
    return broken(domain, type, Optional.empty());
  }

  public FakeInternet broken(String domain, ResultType type, Optional<Duration> retryAfter) {
    policies.put(domain, new FetchResult.Failed(type, "the policy host said no", retryAfter));
    return this;
  }

  /** Drops what is published for a domain, to save memory. */
  public void forget(String domain) {
    records.remove(domain);
    policies.remove(domain);
  }

  /** DNS does not answer a query for the address of this domain's policy host. */
  public FakeInternet hostNotFound(String domain) {
    policies.put(
        domain,
        new FetchResult.Unavailable(
            Resolution.Undetermined.Cause.DNS_UNAVAILABLE, "no answer about the policy host"));
    return this;
  }

  /** DNS does not answer queries for this domain until the test completes the returned future. */
  public CompletableFuture<DiscoveredRecord> slowDns(String domain) {
    return slowRecords.computeIfAbsent(domain, d -> new CompletableFuture<>());
  }

  /** DNS never answers queries for this domain. */
  public void silentDns(String domain) {
    slowRecords.put(domain, new CompletableFuture<>());
  }

  /** The policy host does not answer until the test completes the returned future. */
  public CompletableFuture<FetchResult> slowHost(String domain) {
    return slowPolicies.computeIfAbsent(domain, d -> new CompletableFuture<>());
  }

  /** The policy host answers with this future from now on. */
  public void answerWith(String domain, CompletableFuture<FetchResult> later) {
    slowPolicies.put(domain, later);
  }

  /** Ends {@link #slowDns}, {@link #silentDns} and {@link #slowHost} for this domain. */
  public void answerNormally(String domain) {
    slowRecords.remove(domain);
    slowPolicies.remove(domain);
  }

  public DiscoveredRecord recordOf(String domain) {
    return records.getOrDefault(
        domain,
        new DiscoveredRecord(
            RecordAnswer.evaluate(List.of(), Reading.STRICT), Duration.ofMinutes(5)));
  }

  public FetchResult policyOf(String domain) {
    return policies.getOrDefault(
        domain,
        new FetchResult.Failed(
            ResultType.STS_POLICY_FETCH_ERROR, "connection refused", Optional.empty()));
  }

  /** Advances the clock. */
  public FakeInternet pass(Duration time) {
    nanos.addAndGet(time.toNanos());
    return this;
  }

  public FakeInternet pass(int seconds) {
    return pass(Duration.ofSeconds(seconds));
  }

  @Override
  public Instant instant() {
    return START.plusNanos(nanos.get()).plusSeconds(wallOffsetSeconds.get());
  }

  @Override
  public CompletableFuture<DiscoveredRecord> discover(DomainName domain) {
    questions.incrementAndGet();
    CompletableFuture<DiscoveredRecord> slow = slowRecords.get(domain.value());
    return slow != null ? slow : CompletableFuture.completedFuture(recordOf(domain.value()));
  }

  @Override
  public CompletableFuture<FetchResult> fetch(DomainName domain) {
    fetches.incrementAndGet();
    CompletableFuture<FetchResult> slow = slowPolicies.get(domain.value());
    return slow != null ? slow : CompletableFuture.completedFuture(policyOf(domain.value()));
  }

  @Override
  public void close() {}

  public PolicyResolverBuilder builder() {
    return PolicyResolver.builder().clock(this, nanos::get);
  }

  /** A resolver without overrides that runs everything on the caller's thread. */
  public CachingPolicyResolver resolver(PolicyResolverBuilder options) {
    return resolver(options, Runnable::run);
  }

  /** The same, with an executor for the calls to the store. */
  public CachingPolicyResolver resolver(PolicyResolverBuilder options, Executor storeCalls) {
    return resolver(options, () -> OverrideTable.EMPTY, storeCalls);
  }

  private CachingPolicyResolver resolver(
      PolicyResolverBuilder options, Supplier<OverrideTable> overrides, Executor storeCalls) {
    return ResolverFactory.of(
        options,
        overrides,
        this,
        this,
        new ResolverFactory.Threads(Runnable::run, storeCalls, storeCalls),
        inline(options),
        () -> {});
  }

  /** A resolver with the test's own parts. */
  public static CachingPolicyResolver resolverWith(
      PolicyResolverBuilder options,
      RecordDiscovery discovery,
      PolicyFetcher fetcher,
      Executor executor,
      Runnable closing) {
    return ResolverFactory.of(
        options,
        () -> OverrideTable.EMPTY,
        discovery,
        fetcher,
        new ResolverFactory.Threads(executor, Runnable::run, Runnable::run),
        inline(options),
        closing);
  }

  /** Calls the listeners of the options on the thread that reports. */
  static EventDispatcher inline(PolicyResolverBuilder options) {
    return EventDispatcher.inline(options.options.listeners, options.options.ticker);
  }

  /** A resolver with the overrides of the options. */
  public PolicyResolver overridden(PolicyResolverBuilder options) {
    EventDispatcher events = inline(options);
    Supplier<OverrideTable> overrides = options.options.overridesInForce(events);
    return OverridingResolver.over(
        resolver(options, overrides, Runnable::run),
        overrides,
        options.options.mxTlsSettings(events),
        options.options);
  }

  public CachingPolicyResolver resolver(ResolverListener... listeners) {
    PolicyResolverBuilder options = builder();
    for (ResolverListener listener : listeners) {
      options.listener(listener);
    }
    return resolver(options);
  }

  public static String text(String mode, int maxAge, String... mx) {
    StringBuilder text = new StringBuilder("version: STSv1\nmode: " + mode + "\n");
    for (String host : mx) {
      text.append("mx: ").append(host).append('\n');
    }
    return text.append("max_age: ").append(maxAge).append('\n').toString();
  }

  public static Policy parse(String text) {
    try {
      return Policy.parse(text.getBytes(StandardCharsets.UTF_8), Reading.STRICT);
    } catch (PolicySyntaxException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
