// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import io.github.mtasts.address.AddressGuard;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.fetch.FetchResult.Failed;
import io.github.mtasts.fetch.FetchResult.Unavailable;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Excerpt;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Fetches policies with OkHttp, by the rules of RFC 8461 §3.3 and no others.
 *
 * <p>Each fetch is one unconditional GET on a new TLS connection to an address that the {@link
 * AddressGuard} accepts:
 *
 * <ul>
 *   <li>TLS 1.2 or newer, with SNI and certificate verification for the policy host's name: DNS
 *       names of the SAN only, {@code *} as the complete left-most label only. Revocation is
 *       checked if the trust manager does so.
 *   <li>Status 200 and {@code text/plain} only; no redirect, cookie, cache, compression, connection
 *       reuse or session resumption; at most {@value #MAX_POLICY_OCTETS} octets. A larger body is a
 *       failure, never a truncated policy.
 *   <li>Up to {@value #MAX_ADDRESSES} addresses are tried, IPv4 and IPv6 in parallel, until one has
 *       a connection with a valid certificate. A bad certificate on one address does not matter if
 *       another address has a good one. After the first response there is no second request.
 *   <li>One deadline starts with the call of {@link #fetch} and covers everything: the wait for a
 *       permit, DNS, connecting, the handshake, and a body that arrives slowly.
 * </ul>
 *
 * <p>Threads: blocking work runs in the given executor or in daemon threads {@code
 * mta-sts-fetch-N}, one for each running fetch, and deadlines in the daemon thread {@code
 * mta-sts-fetch-deadline}; all of our threads end with {@link #close()}, or after 2 s without work.
 * OkHttp and Okio keep daemon threads for the whole JVM, {@code OkHttp TaskRunner} and {@code Okio
 * Watchdog}; these hold nothing of a fetcher, cannot be closed, and end after 60 s without work.
 *
 * <p>Thread-safe. These threads complete the futures, so dependent actions that are registered
 * without an executor must not block.
 */
public final class OkHttpPolicyFetcher implements PolicyFetcher {
  /** The largest policy file accepted, in octets: {@value}. RFC 8461 §3.3 */
  public static final int MAX_POLICY_OCTETS = 65536;

  /**
   * How many addresses of a policy host are tried at most: {@value}.
   *
   * <p>RFC 8461 §3.3 choice: the text sets no limit. Without one, a domain owner who publishes
   * sixty addresses that do not respond makes each fetch open sixty connections to places of his
   * choice. Three addresses of each family are more than a normal policy host needs.
   */
  public static final int MAX_ADDRESSES = 6;

  /** The port of policy hosts: {@value}. */
  public static final int HTTPS_PORT = 443;

  private static final int MAX_REASON_SHOWN = 160;

  private final Fetch.Shared shared;
  private final Duration deadline;
  private final Optional<ExecutorService> ownExecutor;
  private final ScheduledExecutorService deadlines = FetchThreads.forDeadlines();
  private final Set<Fetch> running = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * Creates a fetcher; does not use the network, but fetches once in memory, to prove that OkHttp
   * and its libraries fit together.
   *
   * @param addresses looks up the addresses of policy hosts; called once for each fetch
   * @param settings how to fetch
   * @throws IllegalStateException if the platform's trust anchors are needed and cannot be read
   * @throws LinkageError if a library on the class path is missing or incompatible
   */
  public OkHttpPolicyFetcher(HostAddresses addresses, FetchSettings settings) {
    Objects.requireNonNull(addresses, "addresses");
    this.deadline = settings.deadline();
    PolicyHostClient client = new PolicyHostClient(settings);
    HttpLinkage.prove(client);
    this.ownExecutor =
        settings.executor().isPresent() ? Optional.empty() : Optional.of(FetchThreads.forFetches());
    this.shared =
        new Fetch.Shared(
            addresses,
            settings.guard(),
            client,
            settings.reading(),
            new FetchPermits(settings.maxConcurrentFetches()),
            settings.executor().or(() -> ownExecutor).orElseThrow());
  }

  /**
   * {@inheritDoc}
   *
   * <p>Cancelling the future closes the connection of this fetch and of no other. After {@link
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
    } catch (RuntimeException | Error e) {
      return CompletableFuture.completedFuture(
          new Unavailable(Cause.INTERNAL_ERROR, domain + ": " + FetchFailures.ownText(e)));
    }
    Fetch fetch = new Fetch(shared, location);
    start(fetch);
    return fetch.result();
  }

  private static Failed noSuchHost(DomainName domain, IllegalArgumentException reason) {
    return new Failed(
        ResultType.STS_POLICY_FETCH_ERROR,
        "expected a policy domain whose policy host mta-sts."
            + domain
            + " is valid in a URL, found that it is not: "
            + Excerpt.of(String.valueOf(reason.getMessage()), MAX_REASON_SHOWN)
            + "; no policy can be published for this name",
        Optional.empty());
  }

  private void start(Fetch fetch) {
    running.add(fetch);
    Future<?> timer = startTimer(fetch);
    var unused =
        fetch
            .result()
            .whenComplete(
                (result, thrown) -> {
                  timer.cancel(false);
                  running.remove(fetch);
                });
    if (closed) { // read after adding: either close() sees this fetch, or we see that it is closed
      fetch.endByClose();
    } else {
      fetch.start();
    }
  }

  private Future<?> startTimer(Fetch fetch) {
    try {
      return deadlines.schedule(
          () -> fetch.endAtDeadline(deadline), deadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) { // just closed
      fetch.endByClose();
    } catch (Throwable e) { // no thread can be started; without a deadline there is no fetch
      fetch.endByInternalFailure(e);
    }
    return CompletableFuture.completedFuture(null);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Returns at once: running fetches end as {@link FetchResult.Unavailable}, their connections
   * are closed, and the threads end soon after. An executor from the settings is not shut down.
   */
  @Override
  public void close() {
    closed = true;
    deadlines.shutdownNow();
    running.forEach(Fetch::endByClose);
    ownExecutor.ifPresent(ExecutorService::shutdown);
  }
}
