// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import io.github.mtasts.address.AddressGuard;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicySyntaxException;
import io.github.mtasts.policy.Reading;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One fetch, from the wait for a permit to its result.
 *
 * <p>However it ends (response, deadline, cancellation by the caller or {@code close()}), the
 * connection is closed at once and the permit is released exactly once. Thread-safe.
 */
final class Fetch {
  private static final int MAX_REFUSALS_SHOWN = 4;

  private enum Stage {
    WAITING,
    RESOLVING,
    CALLING,
    DONE
  }

  /** What all fetches of one fetcher share. */
  record Shared(
      HostAddresses addresses,
      AddressGuard guard,
      PolicyHostClient client,
      Reading reading,
      FetchPermits permits,
      Executor executor) {}

  private final Shared shared;
  private final PolicyLocation location;
  private final FetchTrace trace = new FetchTrace();
  private final FetchFailures failures;
  private final CompletableFuture<FetchResult> result = new CompletableFuture<>();

  // Guarded by this.
  private Stage stage = Stage.WAITING;
  private boolean hasPermit;
  private Runnable cancellation = () -> {};

  Fetch(Shared shared, PolicyLocation location) {
    this.shared = shared;
    this.location = location;
    this.failures = new FetchFailures(location, trace);
    var unused = result.whenComplete((value, thrown) -> end()); // if the caller cancels
  }

  CompletableFuture<FetchResult> result() {
    return result;
  }

  void start() {
    shared.permits.acquire(this::startWithPermit);
  }

  void endAtDeadline(Duration deadline) {
    complete(
        switch (stage()) {
          case WAITING -> failures.noPermitWithin(deadline);
          case RESOLVING -> failures.noAddressesWithin(deadline);
          case CALLING, DONE -> failures.noResponseWithin(deadline);
        });
  }

  void endByClose() {
    complete(failures.closed());
  }

  /** For a failure on our side, for example if the deadline cannot be scheduled. */
  void endByInternalFailure(Throwable thrown) {
    complete(failures.own(thrown));
  }

  /**
   * Throws nothing, whatever the executor does: it belongs to the user, and may be full, shut down
   * or unable to start a thread. A permit lost here would be lost forever.
   */
  private boolean startWithPermit() {
    if (!takePermit()) {
      return false;
    }
    try {
      shared.executor.execute(this::resolve);
      return true;
    } catch (Throwable e) {
      boolean stillHeld = dropPermit(); // the executor may have run the task although it failed
      complete(failures.own(e));
      return !stillHeld;
    }
  }

  private void resolve() {
    if (!enter(Stage.RESOLVING)) {
      releasePermit();
      return;
    }
    try {
      trace.step("looking up the addresses of " + location.host());
      var unused =
          shared
              .addresses
              .of(location.host())
              .whenCompleteAsync(this::call, shared.executor)
              .whenComplete((addresses, thrown) -> completeIfFailed(thrown));
    } catch (Throwable e) { // otherwise the failure and the permit would be lost
      complete(failures.own(e));
    }
  }

  /** The executor refused, or we have a bug: failures of the lookup itself were handled before. */
  private void completeIfFailed(@Nullable Throwable thrown) {
    if (thrown != null) {
      complete(failures.ofLookup(thrown));
    }
  }

  private void call(@Nullable List<InetAddress> addresses, @Nullable Throwable thrown) {
    if (!enter(Stage.CALLING)) {
      return; // the permit was released when the fetch ended
    }
    try {
      complete(addresses == null ? noAddresses(thrown) : fetch(addresses));
    } finally {
      releasePermit();
    }
  }

  private FetchResult noAddresses(@Nullable Throwable thrown) {
    return failures.ofLookup(
        thrown == null ? new NullPointerException("no addresses, and no reason") : thrown);
  }

  private FetchResult fetch(List<InetAddress> addresses) {
    VettedAddresses vetted = VettedAddresses.of(addresses, shared.guard);
    return vetted.accepted().isEmpty() ? noneAccepted(vetted.refusals()) : get(vetted.accepted());
  }

  private FetchResult noneAccepted(List<String> refusals) {
    String found =
        refusals.isEmpty()
            ? "no address"
            : String.join(", ", refusals.stream().limit(MAX_REFUSALS_SHOWN).toList());
    return failures.fetchError(
        "expected a public address of the policy host, found: "
            + found
            + "; publish a public address, or allow the range at the sender if the host is its"
            + " own");
  }

  private FetchResult get(List<InetAddress> vetted) {
    trace.peers(vetted);
    try {
      byte[] body = shared.client.get(location, vetted, trace, this::cancelBy);
      return new FetchResult.Fetched(Policy.parse(body, shared.reading));
    } catch (PolicySyntaxException e) {
      return failures.invalidPolicy(e);
    } catch (Throwable e) {
      return failures.ofCall(e);
    }
  }

  /** The first result counts: a closed connection fails too, and that failure is not reported. */
  private void complete(FetchResult value) {
    if (end()) { // before the caller's continuations, which may be slow
      result.complete(value);
    }
  }

  private synchronized Stage stage() {
    return stage;
  }

  private synchronized boolean takePermit() {
    hasPermit = stage != Stage.DONE;
    return hasPermit;
  }

  /** Returns whether there was a permit to drop. */
  private synchronized boolean dropPermit() {
    boolean had = hasPermit;
    hasPermit = false;
    return had;
  }

  private void releasePermit() {
    if (dropPermit()) {
      shared.permits.release();
    }
  }

  private synchronized boolean enter(Stage next) {
    if (stage == Stage.DONE) {
      return false;
    }
    stage = next;
    return true;
  }

  private void cancelBy(Runnable cancellation) {
    boolean done;
    synchronized (this) {
      done = stage == Stage.DONE;
      this.cancellation = cancellation;
    }
    if (done) {
      cancellation.run();
    }
  }

  /** Stops what is running; returns false if the fetch had already ended. */
  private boolean end() {
    Stage last;
    Runnable cancel;
    synchronized (this) {
      last = stage;
      stage = Stage.DONE;
      cancel = cancellation;
    }
    if (last == Stage.RESOLVING) {
      releasePermit(); // no thread works on this fetch that could do it
    } else if (last == Stage.CALLING) {
      cancel.run();
    }
    return last != Stage.DONE;
  }
}
