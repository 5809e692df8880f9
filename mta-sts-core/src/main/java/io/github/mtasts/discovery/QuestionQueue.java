package io.github.mtasts.discovery;

import io.github.mtasts.policy.Excerpt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Lets only so many questions through at a time, and answers each within the deadline whatever
 * becomes of it.
 *
 * <p>The promise holds by construction: the future handed out is completed by whichever comes
 * first, the answer, the deadline or {@link #close()}. Deadlines have threads of their own, so that
 * nothing that a DNS library does or omits can delay one, nor what callers attach to their answers.
 * (Only who attaches something that blocks to dozens of futures, {@value DnsThreads#ENDERS} of
 * which run out of time, makes the next ones late.) Who cancels the future gives up the place in
 * the queue and touches no other question.
 *
 * <p>Safe for use by several threads. Nothing runs on the caller's thread.
 */
final class QuestionQueue implements AutoCloseable {
  private static final String CLOSED_MEANWHILE = "the DNS client was closed meanwhile";

  private static final int SHOWN = 160;

  private final DnsLimits limits;
  private final DnsThreads threads;
  private final Set<Question<?>> underWay = new HashSet<>();
  private final LinkedHashSet<Question<?>> waiting = new LinkedHashSet<>();
  private boolean closed;

  QuestionQueue(DnsLimits limits) {
    this(limits, new DnsThreads());
  }

  QuestionQueue(DnsLimits limits, DnsThreads threads) {
    this.limits = limits;
    this.threads = threads;
  }

  /** Where answers are read; a few daemon threads that end when idle. */
  Executor workers() {
    return threads;
  }

  /** Runs something later, unless closed by then. */
  Future<?> later(Duration delay, Runnable task) {
    return threads.later(delay, task);
  }

  /**
   * Queues a question.
   *
   * @param what names it in details, for example {@code TXT _mta-sts.example.com}
   * @param exchange asks it, and is told when its time is up by {@link System#nanoTime}; called
   *     once at most
   * @return the answer; never completes exceptionally except by its holder's own doing
   */
  <T> CompletableFuture<DnsAnswer<T>> ask(
      String what, LongFunction<CompletionStage<DnsAnswer<T>>> exchange) {
    Question<T> question = new Question<>(what, exchange);
    switch (admit(question)) {
      case NOW -> {
        question.watch();
        depart(question);
      }
      case LATER -> question.watch();
      case OVERLOADED ->
          question.giveUp(
              "overload, "
                  + limits.waiting()
                  + " questions wait already; send mail more slowly or raise the limit");
      case CLOSED -> question.giveUp("the DNS client is closed");
    }
    return question.answer;
  }

  /** Ends the threads and answers every open question. */
  @Override
  public void close() {
    List<Question<?>> open = new ArrayList<>();
    synchronized (this) {
      closed = true;
      open.addAll(underWay);
      open.addAll(waiting);
      underWay.clear();
      waiting.clear();
    }
    threads.close();
    open.forEach(question -> question.giveUp(CLOSED_MEANWHILE));
  }

  private enum Admission {
    NOW,
    LATER,
    OVERLOADED,
    CLOSED
  }

  private synchronized Admission admit(Question<?> question) {
    if (closed) {
      return Admission.CLOSED;
    }
    if (underWay.size() < limits.underWay()) {
      underWay.add(question);
      return Admission.NOW;
    }
    if (waiting.size() < limits.waiting()) {
      waiting.add(question);
      return Admission.LATER;
    }
    return Admission.OVERLOADED;
  }

  /**
   * Starts a question. One that cannot be started gives its place to the next before it is
   * answered: its answer then frees nothing, and a long queue is emptied by a loop, not a recursion
   * that overflows the stack.
   */
  private void depart(@Nullable Question<?> first) {
    Question<?> departing = first;
    while (departing != null) {
      Optional<String> trouble = departing.start();
      Question<?> next = trouble.isPresent() ? successor(departing) : null;
      trouble.ifPresent(departing::giveUp);
      departing = next;
    }
  }

  /** Frees a question's place, if it has one, and chooses who gets it. */
  private synchronized @Nullable Question<?> successor(Question<?> question) {
    waiting.remove(question);
    if (!underWay.remove(question) || waiting.isEmpty()) {
      return null;
    }
    Question<?> next = waiting.iterator().next();
    waiting.remove(next);
    underWay.add(next);
    return next;
  }

  /** One question, from its arrival to its answer. */
  private final class Question<T> {
    private final String what;
    private final LongFunction<CompletionStage<DnsAnswer<T>>> exchange;
    private final long end = System.nanoTime() + limits.deadline().toNanos();
    private final CompletableFuture<DnsAnswer<T>> answer = new CompletableFuture<>();
    private volatile @Nullable Future<?> deadline;

    Question(String what, LongFunction<CompletionStage<DnsAnswer<T>>> exchange) {
      this.what = what;
      this.exchange = exchange;
    }

    /** Sets the deadline; from here on the question ends by itself. */
    void watch() {
      var unused = answer.whenComplete((result, failure) -> end());
      try {
        deadline = threads.atDeadline(timeLeft(), this::timeOut);
      } catch (RuntimeException | Error e) {
        giveUp(whyNot(e));
      }
      if (answer.isDone()) {
        end(); // it ended before its deadline was there to be cancelled
      }
    }

    /** Asks on a thread of ours; returns why it cannot, if so. */
    Optional<String> start() {
      try {
        threads.execute(this::exchange);
        return Optional.empty();
      } catch (RuntimeException | Error e) {
        return Optional.of(whyNot(e));
      }
    }

    void giveUp(String why) {
      answer.complete(DnsAnswer.unavailable(what + ": " + why));
    }

    private void exchange() {
      if (answer.isDone()) {
        return;
      }
      try {
        var unused = exchange.apply(end).whenComplete(this::take);
      } catch (RuntimeException | Error e) { // an Error too must not cost the place
        giveUp(whyNot(e));
      }
    }

    private void take(@Nullable DnsAnswer<T> result, @Nullable Throwable failure) {
      if (result != null) {
        answer.complete(result);
      } else {
        giveUp(whyNot(failure));
      }
    }

    private void timeOut() {
      giveUp(
          "expected an answer within "
              + limits.deadline().toMillis()
              + " ms, found none; check that the DNS server is reachable");
    }

    private void end() {
      Future<?> pending = deadline;
      if (pending != null) {
        pending.cancel(false);
      }
      depart(successor(this));
    }

    private Duration timeLeft() {
      return Duration.ofNanos(Math.max(1, end - System.nanoTime()));
    }

    private static String whyNot(@Nullable Throwable trouble) {
      return trouble instanceof RejectedExecutionException
          ? CLOSED_MEANWHILE
          : "could not be asked, " + Excerpt.of(String.valueOf(trouble), SHOWN);
    }
  }
}
