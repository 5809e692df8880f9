// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static java.util.Objects.requireNonNull;

import io.github.mtasts.address.AddressRange;
import io.github.mtasts.decision.Enforcement;
import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.overrides.OverrideTable;
import io.github.mtasts.overrides.OverridesFile;
import io.github.mtasts.overrides.UnreadableOverridesException;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.jdbc.JdbcPolicyStore;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Path;
import java.security.Provider;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import javax.net.ssl.X509TrustManager;

/**
 * Builds a {@link PolicyResolver}; every default is right for a mailer on the Internet.
 *
 * <table>
 * <caption>Options: range, default and consequence</caption>
 * <tr><th>option<th>range<th>default<th>consequence
 * <tr><th colspan="4">network
 * <tr><td>{@link #dnsServers}, {@link #dnsOverHttps}, {@link #dnsClient}<td>one of the three
 *   <td>the system's servers<td>where DNS queries go
 * <tr><td>{@link #dnsDeadline}<td>above 0, to 1 day<td>{@value #DEFAULT_DNS_DEADLINE_SECONDS} s
 *   <td>longer: messages wait longer for a silent server
 * <tr><td>{@link #fetchDeadline}<td>above 0, to 1 day
 *   <td>{@value #DEFAULT_FETCH_DEADLINE_SECONDS} s<td>shorter: slow policy hosts count as failed
 * <tr><td>{@link #concurrentLookups}<td>from 1 domain<td>{@value #DEFAULT_CONCURRENT_LOOKUPS}
 *   <td>above it, mail for a domain that is neither cached nor stored waits
 * <tr><td>{@link #concurrentFetches}<td>from 1 fetch<td>{@value #DEFAULT_CONCURRENT_FETCHES}
 *   <td>each uses a thread; fetches above it wait
 * <tr><td>{@link #proxy}<td>HTTP or SOCKS<td>none<td>addresses are not checked here
 * <tr><td>{@link #policyHostPort}<td>1 to 65535<td>{@value #DEFAULT_POLICY_HOST_PORT}<td>for tests
 * <tr><td>{@link #allowPolicyHostAddresses}<td>address ranges<td>none
 *   <td>fetches can reach this sender's own network
 * <tr><th colspan="4">trust
 * <tr><td>{@link #policyHostTrust}, {@link #mxHostTrust}<td>a trust manager<td>the JDK's
 *   <td>which certificate chains are trusted; names are always checked
 * <tr><td>{@link #tlsProvider}<td>a provider<td>the JDK's preferred one<td>TLS to MX hosts uses it
 * <tr><th colspan="4">policy
 * <tr><td>{@link #reading}<td>tolerant or strict<td>tolerant
 *   <td>strict refuses text that breaks the grammar without changing the meaning
 * <tr><td>{@link #whenDnsUnavailable}<td>proceed, defer, or defer for some time<td>proceed
 *   <td>whether mail waits when DNS does not answer and nothing is known
 * <tr><td>{@link #whenStoreUnavailable}<td>proceed, defer, or defer for some time
 *   <td>defer for {@value #DEFAULT_STORE_UNAVAILABLE_MINUTES} min
 *   <td>whether mail waits when the store does not answer
 * <tr><td>{@link #overrides}, {@link #overridesFile}<td>one call each<td>none
 *   <td>replace or change what domains publish
 * <tr><td>{@link #shadow}<td>on<td>off<td>everything is evaluated and reported, nothing is blocked
 * <tr><th colspan="4">cache
 * <tr><td>{@link #recordRecheckFloor}<td>0 to 365 days
 *   <td>{@value #DEFAULT_RECORD_FLOOR_SECONDS} s<td>shorter: more DNS queries
 * <tr><td>{@link #recordRecheckCeiling}<td>0 to 365 days
 *   <td>{@value #DEFAULT_RECORD_CEILING_SECONDS} s<td>longer: changed policies are noticed later
 * <tr><td>{@link #negativeTtl}<td>0 to 365 days<td>{@value #DEFAULT_NEGATIVE_LEAST_SECONDS} s to
 *   {@value #DEFAULT_NEGATIVE_MOST_SECONDS} s<td>longer: new policies are noticed later
 * <tr><td>{@link #fetchBackOff}<td>0 to 365 days<td>{@value #DEFAULT_BACK_OFF_LEAST_SECONDS} s to
 *   {@value #DEFAULT_BACK_OFF_MOST_SECONDS} s<td>longer: recovered policy hosts are noticed later
 * <tr><td>{@link #memory}<td>from 1 entry each<td>{@value #DEFAULT_ENFORCE_POLICIES},
 *   {@value #DEFAULT_OTHER_POLICIES}, {@value #DEFAULT_NEGATIVE_ANSWERS}
 *   <td>smaller: policies are evicted, and the next message is a first contact
 * <tr><td>{@link #refreshUsedWithin}<td>0 to 365 days
 *   <td>{@value #DEFAULT_REFRESH_USED_WITHIN_DAYS} days<td>0: policies expire unless mail is sent
 * <tr><td>{@link #refreshesPerSecond}<td>from 1<td>{@value #DEFAULT_REFRESHES_PER_SECOND}
 *   <td>too small: policies expire before they are renewed
 * <tr><th colspan="4">store
 * <tr><td>{@link #storeFile}, {@link #store}<td>a file or a store; one of them<td>none
 *   <td>policies survive a restart; a fleet shares a store
 * <tr><td>{@link #storeDeadline}<td>above 0, to 1 day
 *   <td>{@value #DEFAULT_STORE_DEADLINE_MILLIS} ms<td>longer: messages wait longer for it
 * <tr><th colspan="4">events
 * <tr><td>{@link #listener}<td>any number<td>none<td>receives the events
 * <tr><th colspan="4">clock and threads
 * <tr><td>{@link #clock}<td>two clocks<td>the system's<td>for tests
 * <tr><td>{@link #executor}<td>an executor<td>own threads<td>completes the futures that callers get
 * </table>
 *
 * <p>Each method checks its argument at once and returns this builder. Except for {@link #listener}
 * and {@link #shadow}, a second call of the same option is refused by an {@link
 * IllegalStateException} that shows the first value. Not safe for use by several threads.
 */
public final class PolicyResolverBuilder extends TuningOptions {
  PolicyResolverBuilder() {}

  @Override
  PolicyResolverBuilder self() {
    return this;
  }

  /**
   * Sends DNS queries to these servers, in turn until one answers; default: the system's.
   *
   * @param servers at least one, resolved
   * @return this builder
   * @throws IllegalArgumentException if there is none, or one is unresolved
   * @throws IllegalStateException if a way to ask DNS is already set
   */
  public PolicyResolverBuilder dnsServers(InetSocketAddress... servers) {
    ResolverOptions.require(
        servers.length > 0, "dnsServers: expected at least one server, found none");
    for (InetSocketAddress server : servers) {
      ResolverOptions.require(
          !server.isUnresolved(),
          "dnsServers: expected the address of a server, found the name " + server.getHostString());
    }
    options.once("DNS", "dnsServers", List.of(servers));
    options.dnsServers = List.of(servers);
    return this;
  }

  /**
   * Sends DNS queries over HTTPS (RFC 8484 §4.1); default: no.
   *
   * @param endpoint an https address
   * @return this builder
   * @throws IllegalArgumentException if it is not https, or has no host
   * @throws IllegalStateException if a way to ask DNS is already set
   */
  public PolicyResolverBuilder dnsOverHttps(URI endpoint) {
    ResolverOptions.require(
        "https".equalsIgnoreCase(endpoint.getScheme()),
        "dnsOverHttps: expected an https URI, found " + endpoint);
    ResolverOptions.require(
        endpoint.getHost() != null, "dnsOverHttps: expected a URI with a host, found " + endpoint);
    options.once("DNS", "dnsOverHttps", endpoint);
    options.dnsOverHttps = Optional.of(endpoint);
    return this;
  }

  /**
   * Sends DNS queries through a client of the caller, such as one that validates DNSSEC; default:
   * no. Its own timeout applies; set {@link #dnsDeadline} to the same value.
   *
   * @param client not closed by the resolver
   * @return this builder
   * @throws IllegalStateException if a way to ask DNS is already set
   */
  public PolicyResolverBuilder dnsClient(DnsClient client) {
    options.once("DNS", "dnsClient", requireNonNull(client, "client").getClass().getName());
    options.dnsClient = Optional.of(client);
    return this;
  }

  /**
   * Fetches policies through a proxy; default: directly, whatever the settings of the JVM say.
   *
   * @param proxy HTTP or SOCKS; it looks names up itself, so their addresses are not checked here
   * @return this builder
   * @throws IllegalStateException if a port other than 443 is set: a proxy connects to no other
   */
  public PolicyResolverBuilder proxy(Proxy proxy) {
    requireNoProxyWithPort("proxy", proxy, options.policyHostPort);
    options.proxy = Optional.of(options.once("proxy", proxy));
    return this;
  }

  /**
   * Sets the TCP port of policy hosts, for tests; default {@value #DEFAULT_POLICY_HOST_PORT}, the
   * only one on the Internet.
   *
   * @param port 1 to 65535
   * @return this builder
   * @throws IllegalArgumentException if out of range
   * @throws IllegalStateException if a proxy is set and the port is not 443
   */
  public PolicyResolverBuilder policyHostPort(int port) {
    ResolverOptions.require(
        port >= 1 && port <= 65_535, "policyHostPort: expected 1 to 65535, found " + port);
    requireNoProxyWithPort("policyHostPort", options.proxy.orElse(Proxy.NO_PROXY), port);
    options.policyHostPort = options.once("policyHostPort", port);
    return this;
  }

  private static void requireNoProxyWithPort(String option, Proxy proxy, int port) {
    if (proxy.type() != Proxy.Type.DIRECT && port != DEFAULT_POLICY_HOST_PORT) {
      throw new IllegalStateException(
          option
              + ": expected a proxy or a policyHostPort other than 443, found both: "
              + proxy
              + ", "
              + port
              + "; keep one");
    }
  }

  /**
   * Allows policy hosts in address ranges that are otherwise refused; default: none.
   *
   * <p>Loopback, private, link-local, shared and other special addresses are refused, because a
   * domain's DNS could otherwise direct the fetch into this sender's own network.
   *
   * @param ranges such as {@code 10.0.0.0/8} or {@code fd00::/8}, all in one call
   * @return this builder
   * @throws IllegalArgumentException if one is no range
   */
  public PolicyResolverBuilder allowPolicyHostAddresses(String... ranges) {
    List<AddressRange> parsed = Arrays.stream(ranges).map(AddressRange::parse).toList();
    options.allowedRanges = options.once("allowPolicyHostAddresses", parsed);
    return this;
  }

  /**
   * Sets what verifies the certificate chains of policy hosts; default: the JDK's trust anchors.
   *
   * @param trustManager verifies chains; this library verifies names in addition
   * @return this builder
   */
  public PolicyResolverBuilder policyHostTrust(X509TrustManager trustManager) {
    options.policyHostTrust = Optional.of(object("policyHostTrust", trustManager));
    return this;
  }

  /**
   * Sets what verifies the certificate chains of MX hosts; default: the JDK's trust anchors.
   *
   * @param trustManager verifies chains; this library verifies names in addition
   * @return this builder
   */
  public PolicyResolverBuilder mxHostTrust(X509TrustManager trustManager) {
    options.mxHostTrust = Optional.of(object("mxHostTrust", trustManager));
    return this;
  }

  /**
   * Sets the security provider for TLS to MX hosts; default: the JDK's preferred one.
   *
   * @param provider one that offers an {@code SSLContext} named {@code TLS}
   * @return this builder
   */
  public PolicyResolverBuilder tlsProvider(Provider provider) {
    options.tlsProvider = Optional.of(object("tlsProvider", provider));
    return this;
  }

  /**
   * Sets how strictly records and policies are parsed; default {@link Reading#TOLERANT}.
   *
   * @param reading by the letter of RFC 8461, or tolerant of what changes no meaning
   * @return this builder
   */
  public PolicyResolverBuilder reading(Reading reading) {
    options.reading = options.once("reading", requireNonNull(reading, "reading"));
    return this;
  }

  /**
   * Replaces or changes what certain domains publish; default: none.
   *
   * @param overrides all in one call, at most one for each domain or suffix
   * @return this builder
   * @throws IllegalArgumentException if there are several for the same domain or suffix
   */
  public PolicyResolverBuilder overrides(PolicyOverride... overrides) {
    OverrideTable table = OverrideTable.of(List.of(overrides));
    options.once("overrides", overrides.length + " overrides");
    options.overrides = table;
    return this;
  }

  /**
   * Reads more overrides from a file, now and whenever it changes; default: none. For the same
   * domain or suffix, the file wins over {@link #overrides}. {@link PolicyOverride} has the format.
   *
   * @param file read now for the first time
   * @return this builder
   * @throws IllegalArgumentException if it cannot be read, or a line is wrong; names the line
   */
  public PolicyResolverBuilder overridesFile(Path file) {
    try {
      OverridesFile read = OverridesFile.read(file);
      options.once("overridesFile", file);
      options.overridesFile = Optional.of(read);
      return this;
    } catch (UnreadableOverridesException e) {
      throw new IllegalArgumentException(e.detail(), e);
    }
  }

  /**
   * Switches shadow mode on: everything is evaluated, explained and reported to listeners, and
   * nothing is blocked or deferred; default: off.
   *
   * <p>A policy in mode enforce then gives {@link Requirement#TESTING}; {@link MxDecision#wouldBe}
   * returns what it would be otherwise.
   *
   * @return this builder
   */
  public PolicyResolverBuilder shadow() {
    options.enforcement = Enforcement.SHADOW;
    return this;
  }

  /**
   * Keeps policies in a store, so that they survive a restart and a fleet shares them; default:
   * none, and after each restart every domain is a first contact. RFC 8461 §10.2
   *
   * <p>The store is read when a domain is first needed and before each fetch, and written after it.
   * While it does not answer, a domain of which nothing is cached or published may have a stored
   * policy; see {@link #whenStoreUnavailable}.
   *
   * @param store not closed by the resolver
   * @return this builder
   */
  public PolicyResolverBuilder store(PolicyStore store) {
    options.store = Optional.of(object("store", store));
    return this;
  }

  /**
   * Keeps policies in an SQLite file, so that they survive a restart of this machine's mailer;
   * default: none. Needs an SQLite driver at run time; several processes may share the file.
   *
   * @param file in an existing directory, created on first use
   * @return this builder
   * @throws IllegalArgumentException if the directory does not exist
   * @throws IllegalStateException if the driver is missing; names the dependency to add
   */
  public PolicyResolverBuilder storeFile(Path file) {
    options.once("store", "storeFile", file);
    options.store = Optional.of(JdbcPolicyStore.file(file));
    options.ownStore = options.store;
    return this;
  }

  /**
   * Adds a listener, which receives every event; may be called several times. Default: none.
   *
   * @param listener called by several threads; must not block
   * @return this builder
   */
  public PolicyResolverBuilder listener(ResolverListener listener) {
    options.listeners.add(requireNonNull(listener, "listener"));
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
    requireNonNull(nanoTicker, "nanoTicker");
    options.clock = object("clock", clock);
    options.ticker = nanoTicker;
    return this;
  }

  /**
   * Sets where the futures of {@link PolicyResolver#resolveAsync} and {@link
   * PolicyResolver#recheckAsync} complete, and with them the dependent steps of the caller;
   * default: a few daemon threads of the resolver.
   *
   * @param executor never shut down by the resolver; a task that it rejects runs on a thread of the
   *     resolver
   * @return this builder
   */
  public PolicyResolverBuilder executor(Executor executor) {
    options.executor = Optional.of(object("executor", executor));
    return this;
  }

  /** An object of the caller, whose text may be long or secret: messages show its class. */
  private <T> T object(String option, T value) {
    options.once(option, requireNonNull(value, option).getClass().getName());
    return value;
  }

  /**
   * Builds the resolver, without network access.
   *
   * @return the resolver; close it when the application ends
   * @throws IllegalStateException if a library on the class path is missing or incompatible
   */
  public PolicyResolver build() {
    return ResolverFactory.of(this);
  }
}
