// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import io.github.mtasts.address.AddressRange;
import io.github.mtasts.decision.Enforcement;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.WhenUnavailable;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.overrides.OverrideTable;
import io.github.mtasts.overrides.OverridesFile;
import io.github.mtasts.overrides.OverridesReloader;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.store.PolicyStore;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.security.Provider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.X509TrustManager;

/** The options set in a builder, with defaults for the others, and the checks of their values. */
final class ResolverOptions {
  private static final Duration LONGEST_DEADLINE = Duration.ofDays(1);
  private static final Duration LONGEST_LIFETIME = Duration.ofDays(365);

  /** What was set, by what can be set only once: an option, or the way to ask DNS. */
  private final Map<String, String> alreadySet = new HashMap<>();

  List<InetSocketAddress> dnsServers = List.of();
  Optional<DnsClient> dnsClient = Optional.empty();
  Optional<URI> dnsOverHttps = Optional.empty();
  Duration dnsDeadline = Duration.ofSeconds(PolicyResolverBuilder.DEFAULT_DNS_DEADLINE_SECONDS);
  Duration fetchDeadline = Duration.ofSeconds(PolicyResolverBuilder.DEFAULT_FETCH_DEADLINE_SECONDS);
  Optional<X509TrustManager> policyHostTrust = Optional.empty();
  Optional<X509TrustManager> mxHostTrust = Optional.empty();
  Optional<Provider> tlsProvider = Optional.empty();
  List<AddressRange> allowedRanges = List.of();
  int policyHostPort = PolicyResolverBuilder.DEFAULT_POLICY_HOST_PORT;
  Optional<Proxy> proxy = Optional.empty();
  Reading reading = Reading.TOLERANT;
  WhenUnavailable whenDnsUnavailable = WhenUnavailable.PROCEED;
  WhenUnavailable whenStoreUnavailable =
      WhenUnavailable.deferFor(
          Duration.ofMinutes(PolicyResolverBuilder.DEFAULT_STORE_UNAVAILABLE_MINUTES));
  Duration recordFloor = Duration.ofSeconds(PolicyResolverBuilder.DEFAULT_RECORD_FLOOR_SECONDS);
  Duration recordCeiling = Duration.ofSeconds(PolicyResolverBuilder.DEFAULT_RECORD_CEILING_SECONDS);
  Duration negativeLeast = Duration.ofSeconds(PolicyResolverBuilder.DEFAULT_NEGATIVE_LEAST_SECONDS);
  Duration negativeMost = Duration.ofSeconds(PolicyResolverBuilder.DEFAULT_NEGATIVE_MOST_SECONDS);
  Duration backOffLeast = Duration.ofSeconds(PolicyResolverBuilder.DEFAULT_BACK_OFF_LEAST_SECONDS);
  Duration backOffMost = Duration.ofSeconds(PolicyResolverBuilder.DEFAULT_BACK_OFF_MOST_SECONDS);
  int enforcePolicies = PolicyResolverBuilder.DEFAULT_ENFORCE_POLICIES;
  int otherPolicies = PolicyResolverBuilder.DEFAULT_OTHER_POLICIES;
  int negativeAnswers = PolicyResolverBuilder.DEFAULT_NEGATIVE_ANSWERS;
  int concurrentLookups = PolicyResolverBuilder.DEFAULT_CONCURRENT_LOOKUPS;
  int concurrentFetches = PolicyResolverBuilder.DEFAULT_CONCURRENT_FETCHES;
  Optional<PolicyStore> store = Optional.empty();

  /** The store, if the resolver opens it itself and so must close it. */
  Optional<PolicyStore> ownStore = Optional.empty();

  Duration storeDeadline = Duration.ofMillis(PolicyResolverBuilder.DEFAULT_STORE_DEADLINE_MILLIS);
  Duration refreshUsedWithin =
      Duration.ofDays(PolicyResolverBuilder.DEFAULT_REFRESH_USED_WITHIN_DAYS);
  int refreshesPerSecond = PolicyResolverBuilder.DEFAULT_REFRESHES_PER_SECOND;
  OverrideTable overrides = OverrideTable.EMPTY;
  Optional<OverridesFile> overridesFile = Optional.empty();
  Enforcement enforcement = Enforcement.LIVE;
  final List<ResolverListener> listeners = new ArrayList<>();
  InstantSource clock = InstantSource.system();
  LongSupplier ticker = System::nanoTime;
  Optional<Executor> executor = Optional.empty();

  /** Spreads fetches over time; only tests set it. */
  RandomGenerator random = new Random();

  MxTlsSettings mxTlsSettings(ResolverListener events) {
    return new MxTlsSettings(mxHostTrust, tlsProvider, events, enforcement);
  }

  /** The overrides of the builder and of the file, as they are at the time of each call. */
  Supplier<OverrideTable> overridesInForce(ResolverListener events) {
    OverrideTable given = overrides;
    return overridesFile
        .<Supplier<OverrideTable>>map(
            file -> new OverridesReloader(given, file, clock, ticker, events))
        .orElse(() -> given);
  }

  /** Refuses to set an option a second time. */
  <T> T once(String option, T value) {
    once(option, option, value);
    return value;
  }

  /** Refuses a second option of which only one can be set. */
  void once(String choice, String option, Object value) {
    String earlier = alreadySet.putIfAbsent(choice, option + " was already set to " + value);
    if (earlier != null) {
      throw new IllegalStateException(option + ": " + earlier + "; keep one");
    }
  }

  static void deadline(String what, Duration value) {
    require(
        !value.isNegative() && !value.isZero() && value.compareTo(LONGEST_DEADLINE) <= 0,
        what + ": expected more than zero and at most one day, found " + value);
  }

  static void lifetime(String what, Duration value) {
    require(
        !value.isNegative() && value.compareTo(LONGEST_LIFETIME) <= 0,
        what + ": expected zero to 365 days, found " + value);
  }

  static void ordered(String what, Duration least, Duration most) {
    lifetime(what, most);
    require(
        most.compareTo(least) >= 0,
        what + ": expected an upper bound of at least " + least + ", found " + most);
  }

  static void atLeastOne(String what, int value) {
    require(value >= 1, what + ": expected at least 1, found " + value);
  }

  static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
