package io.github.mtasts.fetch;

import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicySyntaxException;
import io.github.mtasts.policy.Reading;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One fetch, from the wait for its turn to its result.
 *
 * <p>However it ends, by an answer, the deadline, the caller's cancellation or {@code close()}, the
 * connection is cut at once and the turn is given back exactly once. Thread-safe.
 */
final class Flight {
  private enum Stage {
    WAITING,
    RESOLVING,
    CALLING,
    OVER
  }

  /** What all fetches of one fetcher share. */
  record Crew(
      HostAddresses addresses,
      AddressGuard guard,
      PolicyHostClient client,
      Reading reading,
      Turns turns,
      Executor executor) {}

  private final Crew crew;
  private final PolicyLocation location;
  private final Evidence evidence = new Evidence();
  private final Diagnosis diagnosis;
  private final CompletableFuture<FetchResult> result = new CompletableFuture<>();

  // Guarded by this.
  private Stage stage = Stage.WAITING;
  private boolean hasTurn;
  private Runnable cancellation = () -> {};

  Flight(Crew crew, PolicyLocation location) {
    this.crew = crew;
    this.location = location;
    this.diagnosis = new Diagnosis(location, evidence);
    var unused = result.whenComplete((outcome, thrown) -> land()); // where the caller cancels
  }

  CompletableFuture<FetchResult> result() {
    return result;
  }

  void takeOff() {
    crew.turns.ask(this::takeTurn);
  }

  void endAtDeadline(Duration deadline) {
    finish(
        switch (stage()) {
          case WAITING -> diagnosis.lateForTurn(deadline);
          case RESOLVING -> diagnosis.lateForAddresses(deadline);
          case CALLING, OVER -> diagnosis.late(deadline);
        });
  }

  void endByClose() {
    finish(diagnosis.closed());
  }

  /** Where not even the deadline could be set. */
  void endBroken(Throwable thrown) {
    finish(diagnosis.broken(thrown));
  }

  /**
   * Throws nothing, whatever the executor does: it is the user's, and may be full, shut down or
   * unable to start a thread. A turn that got lost here would be missing for ever.
   */
  private boolean takeTurn() {
    if (!beginTurn()) {
      return false;
    }
    try {
      crew.executor.execute(this::resolve);
      return true;
    } catch (Throwable e) {
      boolean stillOurs = endTurn(); // the executor may have failed and run the task all the same
      finish(diagnosis.broken(e));
      return !stillOurs;
    }
  }

  private void resolve() {
    if (!enter(Stage.RESOLVING)) {
      giveTurnBack();
      return;
    }
    try {
      evidence.doing("looking up the addresses of " + location.host());
      var unused =
          crew.addresses
              .of(location.host())
              .whenCompleteAsync(this::call, crew.executor)
              .whenComplete((addresses, thrown) -> endIfStuck(thrown));
    } catch (Throwable e) { // nobody else would hear of it, and the turn would be lost
      finish(diagnosis.broken(e));
    }
  }

  /** The executor refused, or a defect of ours: the lookup's own failures were seen already. */
  private void endIfStuck(@Nullable Throwable thrown) {
    if (thrown != null) {
      finish(diagnosis.noAddresses(thrown));
    }
  }

  private void call(@Nullable List<InetAddress> addresses, @Nullable Throwable thrown) {
    if (!enter(Stage.CALLING)) {
      return; // the turn was given back when the flight ended
    }
    try {
      finish(addresses == null ? noAddresses(thrown) : fetch(addresses));
    } finally {
      giveTurnBack();
    }
  }

  private FetchResult noAddresses(@Nullable Throwable thrown) {
    return diagnosis.noAddresses(
        thrown == null ? new NullPointerException("no addresses, and no reason") : thrown);
  }

  private FetchResult fetch(List<InetAddress> addresses) {
    Candidates candidates = Candidates.of(addresses, crew.guard);
    return candidates.addresses().isEmpty()
        ? nothingPublic(candidates.refusals())
        : get(candidates.addresses());
  }

  private FetchResult nothingPublic(List<String> refusals) {
    String found =
        refusals.isEmpty()
            ? "no address"
            : String.join(", ", refusals.subList(0, Math.min(refusals.size(), 4)));
    return diagnosis.failed(
        "expected a public address of the policy host, found: "
            + found
            + "; publish a public one, or allow the range at the sender if the host is its own");
  }

  private FetchResult get(List<InetAddress> vetted) {
    evidence.peers(vetted);
    try {
      byte[] body = crew.client.get(location, vetted, evidence, this::cancelBy);
      return new FetchResult.Fetched(Policy.parse(body, crew.reading));
    } catch (PolicySyntaxException e) {
      return diagnosis.noPolicy(e);
    } catch (IOException e) {
      return diagnosis.of(e);
    } catch (RuntimeException e) {
      return diagnosis.unexpected(e);
    }
  }

  /** The first outcome counts: that a cut connection fails, too, is no news. */
  private void finish(FetchResult outcome) {
    if (land()) { // before the caller's own continuations, which may be slow
      result.complete(outcome);
    }
  }

  private synchronized Stage stage() {
    return stage;
  }

  private synchronized boolean beginTurn() {
    hasTurn = stage != Stage.OVER;
    return hasTurn;
  }

  /** Whether there was a turn to end. */
  private synchronized boolean endTurn() {
    boolean had = hasTurn;
    hasTurn = false;
    return had;
  }

  private void giveTurnBack() {
    if (endTurn()) {
      crew.turns.giveBack();
    }
  }

  private synchronized boolean enter(Stage next) {
    if (stage == Stage.OVER) {
      return false;
    }
    stage = next;
    return true;
  }

  private void cancelBy(Runnable cancellation) {
    boolean tooLate;
    synchronized (this) {
      tooLate = stage == Stage.OVER;
      this.cancellation = cancellation;
    }
    if (tooLate) {
      cancellation.run();
    }
  }

  /** Ends whatever is under way; false if it had ended already. */
  private boolean land() {
    Stage last;
    Runnable cut;
    synchronized (this) {
      last = stage;
      stage = Stage.OVER;
      cut = cancellation;
    }
    if (last == Stage.RESOLVING) {
      giveTurnBack(); // no thread is at work on it that could
    } else if (last == Stage.CALLING) {
      cut.run();
    }
    return last != Stage.OVER;
  }
}
