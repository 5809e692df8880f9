// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.OwnTrouble;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.events.ListenerQueue.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Listeners run on threads of their own, and none holds up the resolver or another listener. */
@Timeout(120)
class EventDispatcherTest {
  private final AtomicLong nanos = new AtomicLong();
  private final Recorder recorder = new Recorder();

  /** Records details, and the threads that bring them. */
  private static class Recorder implements ResolverListener {
    final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    final List<Thread> threads = new CopyOnWriteArrayList<>();

    @Override
    public void overridesUnreadable(String detail) {
      threads.add(Thread.currentThread());
      seen.add(detail);
    }

    @Override
    public void ownTrouble(OwnTrouble kind, String detail) {
      seen.add(kind + " " + detail);
    }

    String next() throws InterruptedException {
      String next = seen.poll(60, TimeUnit.SECONDS);
      assertThat(next).as("an event within a minute").isNotNull();
      return next;
    }
  }

  /** Does not return from its first event before it is released. */
  private static final class Hanging extends Recorder {
    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch released = new CountDownLatch(1);

    @Override
    public void overridesUnreadable(String detail) {
      entered.countDown();
      try {
        released.await();
      } catch (InterruptedException end) {
        Thread.currentThread().interrupt();
        return;
      }
      super.overridesUnreadable(detail);
    }
  }

  private EventDispatcher threaded(ResolverListener... listeners) {
    return EventDispatcher.threaded(List.of(listeners), nanos::get);
  }

  @Test
  void aHangingListenerHoldsUpNeitherTheCallerNorAnotherListener() throws InterruptedException {
    Hanging hanging = new Hanging();
    try (EventDispatcher events = threaded(hanging, recorder)) {
      events.overridesUnreadable("1");
      events.overridesUnreadable("2");

      assertThat(recorder.next()).isEqualTo("1");
      assertThat(recorder.next()).isEqualTo("2");
      hanging.entered.await();
      assertThat(hanging.seen).isEmpty();
      hanging.released.countDown();
    }
  }

  @Test
  void eachListenerHasOneNamedDaemonThread() throws InterruptedException {
    Recorder other = new Recorder();
    try (EventDispatcher events = threaded(recorder, other)) {
      events.overridesUnreadable("1");
      recorder.next();
      other.next();

      assertThat(recorder.threads).extracting(Thread::getName).containsOnly("mta-sts-events-1");
      assertThat(other.threads).extracting(Thread::getName).containsOnly("mta-sts-events-2");
      assertThat(recorder.threads).allMatch(Thread::isDaemon);
    }
  }

  @Test
  void eventsKeepTheirOrder() {
    List<String> sent = IntStream.range(0, 5_000).mapToObj(String::valueOf).toList();
    try (EventDispatcher events = threaded(recorder)) {
      sent.forEach(events::overridesUnreadable);
    }

    assertThat(recorder.seen).containsExactlyElementsOf(sent);
  }

  @Test
  void aListenerThatThrowsReceivesTheNextEventAndAffectsNoOther() throws InterruptedException {
    BlockingQueue<String> thrown = new LinkedBlockingQueue<>();
    ResolverListener throwing =
        new ResolverListener() {
          @Override
          public void overridesUnreadable(String detail) {
            thrown.add(detail);
            if (detail.equals("1")) {
              throw new StackOverflowError();
            }
            throw new IllegalStateException(detail);
          }
        };
    try (EventDispatcher events = threaded(throwing, recorder)) {
      events.overridesUnreadable("1");
      events.overridesUnreadable("2");
    }

    assertThat(thrown).containsExactly("1", "2");
    assertThat(recorder.seen).containsExactly("1", "2");
  }

  @Test
  void aFullQueueDropsEventsAndTheOtherListenersAreToldOfIt() throws InterruptedException {
    Hanging hanging = new Hanging();
    try (EventDispatcher events = threaded(hanging, recorder)) {
      events.overridesUnreadable("first");
      hanging.entered.await();
      recorder.next();
      for (int i = 0; i < ListenerQueue.MOST_EVENTS; i++) {
        events.overridesUnreadable("queued");
        assertThat(recorder.next()).isEqualTo("queued");
      }

      events.overridesUnreadable("dropped");
      assertThat(recorder.next()).startsWith("EVENTS_DROPPED").contains("1 dropped");
      assertThat(recorder.next()).isEqualTo("dropped");
      events.overridesUnreadable("dropped");
      assertThat(recorder.next()).contains(Hanging.class.getName(), "2 dropped");
      hanging.released.countDown();
    }
    assertThat(hanging.seen).doesNotContain("dropped");
  }

  @Test
  void aListenerThatHasCaughtUpIsToldHowManyEventsItHasLost() throws InterruptedException {
    Hanging hanging = new Hanging();
    try (EventDispatcher events = threaded(hanging)) {
      events.overridesUnreadable("first");
      hanging.entered.await();
      IntStream.range(0, ListenerQueue.MOST_EVENTS + 3)
          .forEach(i -> events.overridesUnreadable("event"));
      hanging.released.countDown();
      String last = hanging.next();
      for (int i = 0; i < ListenerQueue.MOST_EVENTS + 1; i++) {
        last = hanging.next();
      }

      assertThat(last).startsWith("EVENTS_DROPPED").contains("3 dropped");
    }
    assertThat(hanging.seen).isEmpty();
  }

  @Test
  void closingDeliversWhatIsQueuedAndEndsTheThreads() throws InterruptedException {
    EventDispatcher events = threaded(recorder);
    IntStream.range(0, 1_000).forEach(i -> events.overridesUnreadable("event"));
    events.close();
    events.overridesUnreadable("late");

    assertThat(recorder.seen).hasSize(1_000).doesNotContain("late");
    for (Thread thread : recorder.threads) {
      thread.join(TimeUnit.SECONDS.toMillis(60));
      assertThat(thread.isAlive()).isFalse();
    }
  }

  @Test
  void closingDoesNotWaitForeverForAListenerThatHangs() throws InterruptedException {
    Hanging hanging = new Hanging();
    EventDispatcher events = threaded(hanging);
    events.overridesUnreadable("event");
    hanging.entered.await();
    long start = System.nanoTime();
    events.close();

    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(Duration.ofSeconds(EventDispatcher.CLOSE_SECONDS), Duration.ofSeconds(60));
    assertThat(hanging.seen).isEmpty();
  }

  @Test
  void noEventIsLostIfAThreadCannotStart() throws InterruptedException {
    AtomicBoolean shortage = new AtomicBoolean(true);
    ListenerQueue queue =
        ListenerQueue.threaded(
            recorder,
            task -> {
              if (shortage.get()) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              return new Thread(task);
            });
    assertThat(queue.offer(to -> to.overridesUnreadable("1"))).isEqualTo(Outcome.NO_THREAD);
    shortage.set(false);
    assertThat(queue.offer(to -> to.overridesUnreadable("2"))).isEqualTo(Outcome.QUEUED);

    assertThat(recorder.next()).isEqualTo("1");
    assertThat(recorder.next()).isEqualTo("2");
    queue.shutdown();
  }

  @Test
  void closingDeliversEventsThatHadNoThread() throws InterruptedException {
    AtomicBoolean shortage = new AtomicBoolean(true);
    ListenerQueue queue =
        ListenerQueue.threaded(
            recorder,
            task -> {
              if (shortage.getAndSet(false)) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              return new Thread(task);
            });
    assertThat(queue.offer(to -> to.overridesUnreadable("1"))).isEqualTo(Outcome.NO_THREAD);
    queue.shutdown();

    assertThat(recorder.next()).isEqualTo("1");
  }

  @Test
  void inlineListenersRunOnTheCallersThread() {
    try (EventDispatcher events = EventDispatcher.inline(List.of(recorder), nanos::get)) {
      events.overridesUnreadable("1");

      assertThat(recorder.seen).containsExactly("1");
      assertThat(recorder.threads).containsExactly(Thread.currentThread());
    }
  }

  @Test
  void ownTroubleIsLoggedOnceAMinuteForEachKindWithTheNumberLeftOut() {
    List<String> lines = new CopyOnWriteArrayList<>();
    Handler handler = handler(lines);
    Logger logger = Logger.getLogger("io.github.mtasts.PolicyResolver");
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    try (EventDispatcher events = EventDispatcher.inline(List.of(), nanos::get)) {
      events.ownTrouble(OwnTrouble.BUSY, "first");
      events.ownTrouble(OwnTrouble.BUSY, "second");
      events.ownTrouble(OwnTrouble.BUSY, "third");
      events.ownTrouble(OwnTrouble.CLOCK, "clock");
      nanos.addAndGet(Duration.ofMinutes(1).toNanos());
      events.ownTrouble(OwnTrouble.BUSY, "fourth");
    } finally {
      logger.removeHandler(handler);
      logger.setUseParentHandlers(true);
    }

    assertThat(lines)
        .containsExactly(
            "BUSY: first",
            "CLOCK: clock",
            "BUSY: fourth (and 2 more of this kind since the last line)");
  }

  @Test
  void listenersReceiveSixtyOwnTroublesOfAKindAMinute() {
    try (EventDispatcher events = EventDispatcher.inline(List.of(recorder), nanos::get)) {
      IntStream.range(0, 100).forEach(i -> events.ownTrouble(OwnTrouble.BUSY, "busy"));
      assertThat(recorder.seen).hasSize(60);
      events.ownTrouble(OwnTrouble.CLOCK, "clock");
      assertThat(recorder.seen).hasSize(61);
      nanos.addAndGet(Duration.ofMinutes(1).toNanos());
      events.ownTrouble(OwnTrouble.BUSY, "busy");
      assertThat(recorder.seen).hasSize(62);
    }
  }

  private static Handler handler(List<String> lines) {
    return new Handler() {
      @Override
      public void publish(LogRecord line) {
        lines.add(line.getMessage());
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }
}
