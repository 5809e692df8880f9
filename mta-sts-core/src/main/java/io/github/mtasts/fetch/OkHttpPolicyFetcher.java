package io.github.mtasts.fetch;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.fetch.FetchResult.Failed;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.policy.Reading;
import java.net.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Fetches policies with OkHttp, by the rules of RFC 8461 §3.3 and no others.
 *
 * <p>Use it as it is or through the resolver, which builds one by itself. Each fetch is one
 * unconditional GET on a fresh TLS connection to an address that the {@link AddressGuard} let pass:
 *
 * <ul>
 *   <li>TLS 1.2 or newer, SNI and certificate check for the policy host's name: DNS names of the
 *       SAN only, {@code *} as the complete left-most label only. Certificates are checked for
 *       revocation if the trust manager does so.
 *   <li>Status 200 and {@code text/plain} only; no redirect, cookie, cache, compression, connection
 *       reuse or session resumption; at most {@value #MAX_POLICY_OCTETS} octets, and more is a
 *       failure, never a shortened policy.
 *   <li>Up to {@value #MAX_ADDRESSES} addresses are tried, IPv4 and IPv6 side by side, until one
 *       gives a connection with a good certificate; a bad one on one address does not count if
 *       another has a good one, because only who holds the key to a good one gets to speak. After
 *       the first answer there is no second request.
 *   <li>One deadline counts from the call of {@link #fetch} and covers everything: the wait for a
 *       turn, DNS, connecting, the handshake, and a body that drips.
 * </ul>
 *
 * <p>Threads: blocking work runs in the executor given or in daemon threads {@code
 * mta-sts-fetch-N}, one for each fetch under way, and deadlines in the daemon thread {@code
 * mta-sts-fetch-deadline}; all of ours end with {@link #close()}, or after 2 s without work. OkHttp
 * and Okio themselves keep daemon threads for the whole JVM, {@code OkHttp TaskRunner} and {@code
 * Okio Watchdog}; those hold nothing of a fetcher, cannot be closed, and end after 60 s without
 * work.
 *
 * <p>Safe for use by several threads. Futures are completed by these threads, so what is hung on
 * them without an executor must not block.
 */
public final class OkHttpPolicyFetcher implements PolicyFetcher {
  /** The largest policy file accepted, in octets: {@value}. RFC 8461 §3.3 */
  public static final int MAX_POLICY_OCTETS = 65536;

  /**
   * How many addresses of a policy host are tried at most: {@value}.
   *
   * <p>RFC 8461 §3.3 choice: the text sets no bound. Without one, whoever publishes a TXT record
   * and sixty silent addresses has each fetch open sixty connections to places of his choice. Three
   * of each family are more than any honest policy host needs.
   */
  public static final int MAX_ADDRESSES = 6;

  /** The deadline unless told otherwise, in seconds: {@value}. RFC 8461 §3.3 */
  public static final int DEFAULT_DEADLINE_SECONDS = 60;

  /** How many fetches are under way at most unless told otherwise: {@value}. */
  public static final int DEFAULT_MAX_CONCURRENT_FETCHES = 512;

  /** The port of policy hosts: {@value}. */
  public static final int HTTPS_PORT = 443;

  private final Flight.Crew crew;
  private final Duration deadline;
  private final Optional<ExecutorService> ownExecutor;
  private final ScheduledExecutorService deadlines = FetchThreads.forDeadlines();
  private final Set<Flight> flights = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private OkHttpPolicyFetcher(Builder builder, X509TrustManager trustManager) {
    this.deadline = builder.deadline;
    this.ownExecutor =
        builder.executor == null ? Optional.of(FetchThreads.forFetches()) : Optional.empty();
    this.crew =
        new Flight.Crew(
            builder.addresses,
            builder.guard,
            new PolicyHostClient(
                trustManager,
                builder.port,
                builder.proxy,
                builder.userAgent,
                builder.deadline,
                builder.clock),
            builder.reading,
            new Turns(builder.maxConcurrentFetches),
            builder.executor == null ? ownExecutor.orElseThrow() : builder.executor);
  }

  /**
   * Begins to set up a fetcher.
   *
   * @param addresses where policy hosts are; asked once for each fetch
   * @return a builder with every default set
   */
  public static Builder builder(HostAddresses addresses) {
    return new Builder(addresses);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Cancelling the future cuts this fetch's connection and touches no other fetch. After {@link
   * #close()} the result is {@link FetchResult.Unavailable}.
   */
  @Override
  public CompletableFuture<FetchResult> fetch(DomainName domain) {
    Objects.requireNonNull(domain, "domain");
    PolicyLocation location;
    try {
      location = PolicyLocation.of(domain);
      PolicyHostClient.url(location);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.completedFuture(noSuchHost(domain, e));
    }
    Flight flight = new Flight(crew, location);
    start(flight);
    return flight.result();
  }

  private static Failed noSuchHost(DomainName domain, IllegalArgumentException reason) {
    return new Failed(
        ResultType.STS_POLICY_FETCH_ERROR,
        "expected a policy domain whose policy host mta-sts."
            + domain
            + " can stand in a URL, found that it cannot: "
            + Excerpt.of(String.valueOf(reason.getMessage()), 160)
            + "; no policy can be published for this name",
        Optional.empty());
  }

  private void start(Flight flight) {
    flights.add(flight);
    Future<?> alarm = alarm(flight);
    var unused =
        flight
            .result()
            .whenComplete(
                (result, thrown) -> {
                  alarm.cancel(false);
                  flights.remove(flight);
                });
    if (closed) { // looked at after adding, so that close() sees the flight or the flight sees it
      flight.endByClose();
    } else {
      flight.takeOff();
    }
  }

  private Future<?> alarm(Flight flight) {
    try {
      return deadlines.schedule(
          () -> flight.endAtDeadline(deadline), deadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) { // closed a moment ago
      flight.endByClose();
    } catch (Throwable e) { // no thread to be had; and without a deadline no fetch
      flight.endBroken(e);
    }
    return CompletableFuture.completedFuture(null);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Returns at once: fetches under way end as {@link FetchResult.Unavailable}, their connections
   * are cut, and the threads end as soon as they notice. An executor that was given is left alone.
   */
  @Override
  public void close() {
    closed = true;
    deadlines.shutdownNow();
    flights.forEach(Flight::endByClose);
    ownExecutor.ifPresent(ExecutorService::shutdown);
  }

  /**
   * Sets up an {@link OkHttpPolicyFetcher}. Each method replaces what was set before.
   *
   * <p>Not safe for use by several threads.
   */
  public static final class Builder {
    private final HostAddresses addresses;
    private AddressGuard guard = AddressGuard.publicOnly();
    private Duration deadline = Duration.ofSeconds(DEFAULT_DEADLINE_SECONDS);
    private Reading reading = Reading.TOLERANT;
    private @Nullable X509TrustManager trustManager;
    private Proxy proxy = Proxy.NO_PROXY;
    private int port = HTTPS_PORT;
    private String userAgent = UserAgent.standard();
    private int maxConcurrentFetches = DEFAULT_MAX_CONCURRENT_FETCHES;
    private @Nullable Executor executor;
    private InstantSource clock = InstantSource.system();

    private Builder(HostAddresses addresses) {
      this.addresses = Objects.requireNonNull(addresses, "addresses");
    }

    /**
     * Sets which addresses policy hosts may have; default: public ones.
     *
     * @param guard judges each address before it is connected to
     * @return this builder
     */
    public Builder guard(AddressGuard guard) {
      this.guard = Objects.requireNonNull(guard, "guard");
      return this;
    }

    /**
     * Sets the wall-clock time one fetch may take, everything included; default {@value
     * #DEFAULT_DEADLINE_SECONDS} s.
     *
     * <p>A silent address gives way to the next after a quarter of it while connecting, after half
     * of it later.
     *
     * @param deadline above zero and at most a day
     * @return this builder
     * @throws IllegalArgumentException if it is not
     */
    public Builder deadline(Duration deadline) {
      if (deadline.isNegative()
          || deadline.isZero()
          || deadline.compareTo(Duration.ofDays(1)) > 0) {
        throw new IllegalArgumentException(
            "deadline: expected above zero and at most a day, found " + deadline);
      }
      this.deadline = deadline;
      return this;
    }

    /**
     * Sets how strictly policies are read; default {@link Reading#TOLERANT}.
     *
     * @param reading how strictly
     * @return this builder
     */
    public Builder reading(Reading reading) {
      this.reading = Objects.requireNonNull(reading, "reading");
      return this;
    }

    /**
     * Sets who judges certificate chains of policy hosts; default: the platform's trust anchors.
     *
     * <p>Names are checked besides, whatever it says. One that checks revocation makes fetches do
     * so. RFC 8461 §3.3
     *
     * @param trustManager best an {@link javax.net.ssl.X509ExtendedTrustManager}
     * @return this builder
     */
    public Builder trustManager(X509TrustManager trustManager) {
      this.trustManager = Objects.requireNonNull(trustManager, "trustManager");
      return this;
    }

    /**
     * Sets the HTTP or SOCKS proxy to go through; default {@link Proxy#NO_PROXY}, and never the
     * system's.
     *
     * <p>A proxy is told the policy host's name and looks it up itself. The guard still refuses a
     * host that has only special addresses by our own DNS, but it cannot hold the proxy to the
     * address that was vetted: against a name that changes its addresses in between, the proxy
     * needs a guard of its own. The proxy's own address is not judged.
     *
     * @param proxy the proxy
     * @return this builder
     */
    public Builder proxy(Proxy proxy) {
      this.proxy = Objects.requireNonNull(proxy, "proxy");
      return this;
    }

    /**
     * Sets the TCP port of policy hosts, default {@value #HTTPS_PORT}; another only for tests and
     * laboratories, where URL, Host and SNI stay as they are for {@value #HTTPS_PORT}.
     *
     * @param port from 1 to 65535
     * @return this builder
     * @throws IllegalArgumentException if it is not
     */
    public Builder port(int port) {
      if (port < 1 || port > 65535) {
        throw new IllegalArgumentException("port: expected 1 to 65535, found " + port);
      }
      this.port = port;
      return this;
    }

    /**
     * Sets the User-Agent header; default {@code mta-sts-java/} and the version. It should let a
     * policy host's operator find out who asks.
     *
     * @param userAgent visible ASCII
     * @return this builder
     * @throws IllegalArgumentException if it is not
     */
    public Builder userAgent(String userAgent) {
      this.userAgent = UserAgent.checked(userAgent);
      return this;
    }

    /**
     * Sets how many fetches are under way at most, default {@value
     * #DEFAULT_MAX_CONCURRENT_FETCHES}; others wait for their turn, and the wait counts for their
     * deadline.
     *
     * @param most from 1
     * @return this builder
     * @throws IllegalArgumentException if it is not
     */
    public Builder maxConcurrentFetches(int most) {
      if (most < 1) {
        throw new IllegalArgumentException(
            "maxConcurrentFetches: expected 1 or more, found " + most);
      }
      this.maxConcurrentFetches = most;
      return this;
    }

    /**
     * Sets where fetches run, a thread each while under way; default: daemon threads of our own.
     * Give one of virtual threads where the JDK has them.
     *
     * @param executor must not run tasks in the calling thread, for fetches block
     * @return this builder
     */
    public Builder executor(Executor executor) {
      this.executor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /**
     * Sets the clock that {@code Retry-After} dates are compared with; default: the system's.
     *
     * @param clock the clock
     * @return this builder
     */
    public Builder clock(InstantSource clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /**
     * Builds the fetcher; no network is touched.
     *
     * @return the fetcher, to be closed when it is no longer needed
     * @throws IllegalStateException if both a proxy and a port were set, for a proxy would have to
     *     be told another port, or if the platform has no trust anchors to offer
     */
    public OkHttpPolicyFetcher build() {
      if (port != HTTPS_PORT && proxy.type() != Proxy.Type.DIRECT) {
        throw new IllegalStateException(
            "fetcher: expected a proxy or a port other than 443, found both: "
                + proxy
                + ", "
                + port);
      }
      return new OkHttpPolicyFetcher(
          this, trustManager == null ? PlatformTrust.anchors() : trustManager);
    }
  }
}
