// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import io.github.mtasts.address.AddressRange;
import io.github.mtasts.decision.Enforcement;
import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.WhenUnavailable;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.overrides.OverrideTable;
import io.github.mtasts.overrides.OverridesFile;
import io.github.mtasts.overrides.UnreadableOverridesException;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.store.PolicyStore;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Path;
import java.security.Provider;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import javax.net.ssl.X509TrustManager;

/**
 * Sets up a {@link PolicyResolver}; every default is right for a mailer on the Internet.
 *
 * <p>Each method checks its argument at once and returns this builder. Not safe for use by several
 * threads.
 */
public final class PolicyResolverBuilder {
  /** {@value} seconds for one DNS question. */
  public static final int DEFAULT_DNS_DEADLINE_SECONDS = 5;

  /** {@value} seconds for one fetch, everything included. RFC 8461 §3.3 */
  public static final int DEFAULT_FETCH_DEADLINE_SECONDS = 60;

  /** {@value} seconds for which a TXT answer is believed at least. */
  public static final int DEFAULT_RECORD_FLOOR_SECONDS = 60;

  /** {@value} seconds for which the TXT answer of a domain with a policy is believed at most. */
  public static final int DEFAULT_RECORD_CEILING_SECONDS = 3_600;

  /** {@value} seconds for which a negative answer is believed at least. */
  public static final int DEFAULT_NEGATIVE_LEAST_SECONDS = 60;

  /** {@value} seconds for which a negative answer is believed at most. */
  public static final int DEFAULT_NEGATIVE_MOST_SECONDS = 1_800;

  /** {@value} seconds until the first retry of a failed fetch. RFC 8461 §3.3 */
  public static final int DEFAULT_BACK_OFF_LEAST_SECONDS = 300;

  /** {@value} seconds between retries of a failed fetch at most. */
  public static final int DEFAULT_BACK_OFF_MOST_SECONDS = 3_600;

  /** {@value} policies in enforce in memory. */
  public static final int DEFAULT_ENFORCE_POLICIES = 100_000;

  /** {@value} policies in testing or none in memory. */
  public static final int DEFAULT_OTHER_POLICIES = 50_000;

  /** {@value} negative answers in memory. */
  public static final int DEFAULT_NEGATIVE_ANSWERS = 50_000;

  /** {@value} domains looked up at the same time. */
  public static final int DEFAULT_CONCURRENT_LOOKUPS = 10_000;

  /** {@value} fetches at the same time. */
  public static final int DEFAULT_CONCURRENT_FETCHES = 1_024;

  /** {@value} milliseconds for one call to the store. */
  public static final int DEFAULT_STORE_DEADLINE_MILLIS = 2_000;

  /** {@value} days after its last use a policy is no longer renewed. */
  public static final int DEFAULT_REFRESH_USED_WITHIN_DAYS = 30;

  /** {@value} renewals in a second. */
  public static final int DEFAULT_REFRESHES_PER_SECOND = 10;

  /** {@value}: the port of HTTPS. */
  public static final int DEFAULT_POLICY_HOST_PORT = 443;

  /** {@value} octets in an overrides file at most. */
  public static final int MOST_OVERRIDES_FILE_OCTETS = 262_144;

  /** {@value} seconds between two looks at an overrides file at least. */
  public static final int OVERRIDES_FILE_LOOK_SECONDS = 5;

  final ResolverOptions options = new ResolverOptions();

  PolicyResolverBuilder() {}

  /**
   * Asks these DNS servers, in turn until one answers; default: the system's.
   *
   * <p>Takes the place of an earlier {@link #dnsOverHttps}.
   *
   * @param servers at least one, resolved
   * @return this builder
   * @throws IllegalArgumentException if there is none
   */
  public PolicyResolverBuilder dnsServers(InetSocketAddress... servers) {
    ResolverOptions.require(
        servers.length > 0, "dnsServers: expected at least one server, found none");
    for (InetSocketAddress server : servers) {
      ResolverOptions.require(
          !server.isUnresolved(),
          "dnsServers: expected the address of a server, found the name " + server.getHostString());
    }
    return askDns(List.of(servers), Optional.empty(), Optional.empty());
  }

  /**
   * Asks DNS through a client of the caller's, such as one that validates DNSSEC, or one that a
   * mailer uses for its MX lookups too; default: no.
   *
   * <p>Takes the place of earlier {@link #dnsServers} or {@link #dnsOverHttps}. Its own deadline
   * holds; say the same one to {@link #dnsDeadline}.
   *
   * @param client not closed by the resolver
   * @return this builder
   */
  public PolicyResolverBuilder dnsClient(DnsClient client) {
    return askDns(List.of(), Optional.empty(), Optional.of(client));
  }

  /**
   * Asks DNS over HTTPS (RFC 8484 §4.1); default: no.
   *
   * <p>Takes the place of earlier {@link #dnsServers}.
   *
   * @param endpoint an https address
   * @return this builder
   * @throws IllegalArgumentException if it is not https
   */
  public PolicyResolverBuilder dnsOverHttps(URI endpoint) {
    ResolverOptions.require(
        "https".equalsIgnoreCase(endpoint.getScheme()),
        "dnsOverHttps: expected an https URI, found " + endpoint);
    ResolverOptions.require(
        endpoint.getHost() != null, "dnsOverHttps: expected a URI with a host, found " + endpoint);
    return askDns(List.of(), Optional.of(endpoint), Optional.empty());
  }

  private PolicyResolverBuilder askDns(
      List<InetSocketAddress> servers, Optional<URI> overHttps, Optional<DnsClient> client) {
    options.dnsServers = servers;
    options.dnsOverHttps = overHttps;
    options.dnsClient = client;
    return this;
  }

  /**
   * Sets the deadline of one DNS question; default {@value #DEFAULT_DNS_DEADLINE_SECONDS} s.
   *
   * @param deadline more than zero, at most one day
   * @return this builder
   * @throws IllegalArgumentException if it is not
   */
  public PolicyResolverBuilder dnsDeadline(Duration deadline) {
    options.dnsDeadline = ResolverOptions.deadline("dnsDeadline", deadline);
    return this;
  }

  /**
   * Sets the wall-clock deadline of one policy fetch: DNS, connecting, handshake, headers and body;
   * default {@value #DEFAULT_FETCH_DEADLINE_SECONDS} s. RFC 8461 §3.3
   *
   * @param deadline more than zero, at most one day
   * @return this builder
   * @throws IllegalArgumentException if it is not
   */
  public PolicyResolverBuilder fetchDeadline(Duration deadline) {
    options.fetchDeadline = ResolverOptions.deadline("fetchDeadline", deadline);
    return this;
  }

  /**
   * Sets the trust anchors for policy hosts; default: the JDK's.
   *
   * @param trustManager judges chains; names are judged by this library all the same
   * @return this builder
   */
  public PolicyResolverBuilder policyHostTrust(X509TrustManager trustManager) {
    options.policyHostTrust = Optional.of(trustManager);
    return this;
  }

  /**
   * Sets the trust anchors for MX hosts; default: the JDK's.
   *
   * @param trustManager judges chains; names are judged by this library all the same
   * @return this builder
   */
  public PolicyResolverBuilder mxHostTrust(X509TrustManager trustManager) {
    options.mxHostTrust = Optional.of(trustManager);
    return this;
  }

  /**
   * Takes TLS for MX hosts from a given security provider, such as a faster native one; default:
   * the JDK's preferred one.
   *
   * @param provider one that offers an {@code SSLContext} named {@code TLS}
   * @return this builder
   */
  public PolicyResolverBuilder tlsProvider(Provider provider) {
    options.tlsProvider = Optional.of(provider);
    return this;
  }

  /**
   * Allows policy hosts in address ranges that are otherwise refused; default: none.
   *
   * <p>Loopback, private, link-local, shared and other special addresses are refused, because
   * whoever controls a domain's DNS could otherwise turn the fetch on this sender's own network.
   *
   * @param ranges such as {@code 10.0.0.0/8} or {@code fd00::/8}; replaces earlier ones
   * @return this builder
   * @throws IllegalArgumentException if one is no range
   */
  public PolicyResolverBuilder allowPolicyHostAddresses(String... ranges) {
    options.allowedRanges = Arrays.stream(ranges).map(AddressRange::parse).toList();
    return this;
  }

  /**
   * Sets the TCP port of policy hosts; default {@value #DEFAULT_POLICY_HOST_PORT}, and nothing else
   * on the Internet: another one is for tests and laboratories.
   *
   * @param port 1 to 65535
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public PolicyResolverBuilder policyHostPort(int port) {
    ResolverOptions.require(
        port >= 1 && port <= 65_535, "policyHostPort: expected 1 to 65535, found " + port);
    options.policyHostPort = port;
    return this;
  }

  /**
   * Fetches through a proxy; default: directly, whatever the system's settings say.
   *
   * @param proxy an HTTP or SOCKS proxy; it resolves names itself, so that addresses are not vetted
   *     here
   * @return this builder
   */
  public PolicyResolverBuilder proxy(Proxy proxy) {
    options.proxy = Optional.of(proxy);
    return this;
  }

  /**
   * Sets how strictly published text is read; default {@link Reading#TOLERANT}.
   *
   * @param reading to the letter, or forgiving what carries no meaning
   * @return this builder
   */
  public PolicyResolverBuilder reading(Reading reading) {
    options.reading = Objects.requireNonNull(reading, "reading");
    return this;
  }

  /**
   * Sets what to do about a domain of which nothing is known because DNS does not answer; default
   * {@link WhenUnavailable#PROCEED}.
   *
   * @param choice to send all the same, or to wait
   * @return this builder
   */
  public PolicyResolverBuilder whenUnavailable(WhenUnavailable choice) {
    options.whenUnavailable = Objects.requireNonNull(choice, "whenUnavailable");
    return this;
  }

  /**
   * Sets for how long a TXT answer is believed at least, whatever its TTL; default {@value
   * #DEFAULT_RECORD_FLOOR_SECONDS} s.
   *
   * <p>Zero asks DNS behind the back of every message. RFC 8461 §5.1 allows either.
   *
   * @param floor not negative
   * @return this builder
   * @throws IllegalArgumentException if it is
   */
  public PolicyResolverBuilder recordRecheckFloor(Duration floor) {
    options.recordFloor = ResolverOptions.notNegative("recordRecheckFloor", floor);
    return this;
  }

  /**
   * Sets for how long the TXT answer of a domain with a policy is believed at most, whatever its
   * TTL; default {@value #DEFAULT_RECORD_CEILING_SECONDS} s.
   *
   * @param ceiling not negative
   * @return this builder
   * @throws IllegalArgumentException if it is
   */
  public PolicyResolverBuilder recordRecheckCeiling(Duration ceiling) {
    options.recordCeiling = ResolverOptions.notNegative("recordRecheckCeiling", ceiling);
    return this;
  }

  /**
   * Sets for how long "no record" is believed: by the TTL of DNS, but within these bounds; default
   * {@value #DEFAULT_NEGATIVE_LEAST_SECONDS} s to {@value #DEFAULT_NEGATIVE_MOST_SECONDS} s.
   *
   * @param least not negative
   * @param most at least {@code least}
   * @return this builder
   * @throws IllegalArgumentException if they are not
   */
  public PolicyResolverBuilder negativeTtl(Duration least, Duration most) {
    options.negativeLeast = ResolverOptions.notNegative("negativeTtl", least);
    options.negativeMost = ResolverOptions.ordered("negativeTtl", least, most);
    return this;
  }

  /**
   * Sets how long a failed fetch is not repeated under the same id: doubled with each failure, from
   * the first bound to the second; default {@value #DEFAULT_BACK_OFF_LEAST_SECONDS} s to {@value
   * #DEFAULT_BACK_OFF_MOST_SECONDS} s. RFC 8461 §3.3 asks for five minutes at least.
   *
   * @param least not negative
   * @param most at least {@code least}
   * @return this builder
   * @throws IllegalArgumentException if they are not
   */
  public PolicyResolverBuilder fetchBackOff(Duration least, Duration most) {
    options.backOffLeast = ResolverOptions.notNegative("fetchBackOff", least);
    options.backOffMost = ResolverOptions.ordered("fetchBackOff", least, most);
    return this;
  }

  /**
   * Sets how much is remembered at most; defaults {@value #DEFAULT_ENFORCE_POLICIES}, {@value
   * #DEFAULT_OTHER_POLICIES} and {@value #DEFAULT_NEGATIVE_ANSWERS}.
   *
   * <p>The budgets are apart, so that a flood of random domains pushes out no policy. A large
   * policy counts several times, once for each 2 KiB of memory begun.
   *
   * @param enforcePolicies policies in enforce, by an override too, at least 1
   * @param otherPolicies policies in testing or none, at least 1
   * @param negativeAnswers domains without a policy, at least 1
   * @return this builder
   * @throws IllegalArgumentException if one is less than 1
   */
  public PolicyResolverBuilder memory(int enforcePolicies, int otherPolicies, int negativeAnswers) {
    options.enforcePolicies =
        ResolverOptions.atLeastOne("memory: enforcePolicies", enforcePolicies);
    options.otherPolicies = ResolverOptions.atLeastOne("memory: otherPolicies", otherPolicies);
    options.negativeAnswers =
        ResolverOptions.atLeastOne("memory: negativeAnswers", negativeAnswers);
    return this;
  }

  /**
   * Keeps policies in a store, so that they outlive the process and are shared by a fleet; default:
   * none, and every start of the process is a first contact with every domain. RFC 8461 §10.2
   *
   * <p>The store is asked for a domain on first need, told of each fetch, and left alone for a
   * while when it fails. Nodes with one store fetch each policy once: while one of them does, the
   * others wait, no longer than {@link #fetchDeadline}.
   *
   * @param store not closed by the resolver
   * @return this builder
   */
  public PolicyResolverBuilder store(PolicyStore store) {
    options.store = Optional.of(store);
    return this;
  }

  /**
   * Sets how long one call to the store may take; default {@value #DEFAULT_STORE_DEADLINE_MILLIS}
   * ms. A message that needs a domain's first fetch waits for four calls at most, and in a crowd
   * for their turn, five deadlines each at most; a store that fails once is not waited for again.
   *
   * @param deadline more than zero, at most one day
   * @return this builder
   * @throws IllegalArgumentException if it is not
   */
  public PolicyResolverBuilder storeDeadline(Duration deadline) {
    options.storeDeadline = ResolverOptions.deadline("storeDeadline", deadline);
    return this;
  }

  /**
   * Sets which policies are renewed before they expire, whether mail is sent or not: those that a
   * message needed within this time; default {@value #DEFAULT_REFRESH_USED_WITHIN_DAYS} days. RFC
   * 8461 §10.2
   *
   * <p>Each is fetched at an unpredictable moment between 40 and 70 % of its life, and once a day
   * at least. One that nobody needed for thirty of its own lives is left to expire in any case.
   *
   * @param usedWithin zero renews nothing; at most 365 days
   * @return this builder
   * @throws IllegalArgumentException if it is out of range
   */
  public PolicyResolverBuilder refreshUsedWithin(Duration usedWithin) {
    options.refreshUsedWithin = ResolverOptions.notNegative("refreshUsedWithin", usedWithin);
    return this;
  }

  /**
   * Sets how many renewals begin in a second at most; default {@value
   * #DEFAULT_REFRESHES_PER_SECOND}, which is enough for 800,000 policies.
   *
   * @param most at least 1
   * @return this builder
   * @throws IllegalArgumentException if it is less
   */
  public PolicyResolverBuilder refreshesPerSecond(int most) {
    options.refreshesPerSecond = ResolverOptions.atLeastOne("refreshesPerSecond", most);
    return this;
  }

  /**
   * Sets how many domains are looked up at the same time at most; default {@value
   * #DEFAULT_CONCURRENT_LOOKUPS}. Beyond it, an unknown domain is answered as if DNS were
   * unavailable.
   *
   * @param most at least 1
   * @return this builder
   * @throws IllegalArgumentException if it is less
   */
  public PolicyResolverBuilder concurrentLookups(int most) {
    options.concurrentLookups = ResolverOptions.atLeastOne("concurrentLookups", most);
    return this;
  }

  /**
   * Sets how many policies are fetched at the same time at most; default {@value
   * #DEFAULT_CONCURRENT_FETCHES}. Each fetch under way holds a thread; those beyond wait for their
   * turn, within their deadline.
   *
   * <p>A policy host that hangs holds its place until the deadline, so a small number lets a few
   * hostile domains hold up the others.
   *
   * @param most at least 1
   * @return this builder
   * @throws IllegalArgumentException if it is less
   */
  public PolicyResolverBuilder concurrentFetches(int most) {
    options.concurrentFetches = ResolverOptions.atLeastOne("concurrentFetches", most);
    return this;
  }

  /**
   * Sets the operator's word against what certain domains publish; default: none.
   *
   * @param overrides one for each place at most; replaces earlier ones
   * @return this builder
   * @throws IllegalArgumentException if there are several for one place
   */
  public PolicyResolverBuilder overrides(PolicyOverride... overrides) {
    options.overrides = OverrideTable.of(List.of(overrides));
    return this;
  }

  /**
   * Takes more overrides from a file, and takes them anew when it has changed; default: none.
   *
   * <p>One override a line: where, what, and named values in any order. Values with blanks stand in
   * quotation marks, which cannot be escaped; blank lines and lines that begin with {@code #} say
   * nothing. UTF-8, a line end after the last line, {@value #MOST_OVERRIDES_FILE_OCTETS} octets at
   * most.
   *
   * <pre>
   * # where        what      until=, author= and reason= always; never is a time, too
   * example.com    testing   until=2027-01-01T00:00:00Z author=alice reason="expired certificate"
   * .example.net   skip      until=never author="Bob, NOC" reason="on their request"
   * example.org    enforce   until=never author=alice reason="agreed upon"
   * example.edu    allow-mx  mx=mx9.example.edu,*.backup.example until=... author=... reason=...
   * example.gov    pin       mode=enforce mx=mx1.example.gov,mx2.example.gov until=... ...
   * </pre>
   *
   * <p>For one place, the file counts before {@link #overrides}. It is looked at when a domain is
   * asked for and the last look is {@value #OVERRIDES_FILE_LOOK_SECONDS} s old, and a change counts
   * as a whole, once the file has been left alone for two seconds: put a new one in its place by
   * renaming it. A file that is broken or gone then changes nothing; {@link
   * ResolverListener#overridesUnreadable} and the log tell. A line that has ended is no mistake,
   * but is told by {@link ResolverListener#overridesEnded} and the log.
   *
   * @param file read now for the first time
   * @return this builder
   * @throws IllegalArgumentException if it cannot be read, or a line is no override; says which
   */
  public PolicyResolverBuilder overridesFile(Path file) {
    try {
      options.overridesFile = Optional.of(OverridesFile.read(file));
      return this;
    } catch (UnreadableOverridesException e) {
      throw new IllegalArgumentException(e.detail(), e);
    }
  }

  /**
   * Switches shadow mode on: everything is evaluated, explained and told to listeners, and nothing
   * is blocked, {@link WhenUnavailable#DEFER} included; default: off.
   *
   * <p>A policy in mode enforce then asks for {@link Requirement#TESTING}, and {@link
   * MxDecision#wouldBe()} tells what it would ask for otherwise.
   *
   * @return this builder
   */
  public PolicyResolverBuilder shadow() {
    options.enforcement = Enforcement.SHADOW;
    return this;
  }

  /**
   * Adds one who hears events; default: nobody.
   *
   * @param listener hears every event from now on
   * @return this builder
   */
  public PolicyResolverBuilder listener(ResolverListener listener) {
    options.listeners.add(Objects.requireNonNull(listener, "listener"));
    return this;
  }

  /**
   * Sets the clocks, for tests; default: the system's.
   *
   * @param clock the wall clock, for times that people read
   * @param nanoTicker counts nanoseconds and never goes back, for lifetimes
   * @return this builder
   */
  public PolicyResolverBuilder clock(InstantSource clock, LongSupplier nanoTicker) {
    options.clock = Objects.requireNonNull(clock, "clock");
    options.ticker = Objects.requireNonNull(nanoTicker, "nanoTicker");
    return this;
  }

  /**
   * Sets where the resolver's short, non-blocking steps run; default: a few daemon threads of its
   * own, ended by {@link PolicyResolver#close()}. A given executor is never shut down; a task that
   * it rejects runs on the thread that offered it.
   *
   * @param executor runs short steps that never block
   * @return this builder
   */
  public PolicyResolverBuilder executor(Executor executor) {
    options.executor = Optional.of(executor);
    return this;
  }

  /**
   * Builds the resolver; no network is touched.
   *
   * @return the resolver; close it when the application ends
   * @throws IllegalStateException if a proxy and a port other than 443 are set, which exclude each
   *     other
   */
  public PolicyResolver build() {
    return ResolverFactory.of(this);
  }
}
