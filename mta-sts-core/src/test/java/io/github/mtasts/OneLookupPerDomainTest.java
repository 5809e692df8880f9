// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.Undetermined;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Concurrent calls for a domain share one lookup and do not affect each other. */
final class OneLookupPerDomainTest {
  private final FakeInternet net =
      new FakeInternet()
          .txt("example.com", 300, "v=STSv1; id=1;")
          .enforce("example.com", 604_800, "mx.example.com");

  @Test
  void tenThousandConcurrentCallsCauseOneQueryAndOneFetch() throws Exception {
    PolicyResolver resolver = net.resolver();
    ExecutorService senders = Executors.newFixedThreadPool(64);
    try {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<Resolution>> answers = new ArrayList<>();
      for (int i = 0; i < 10_000; i++) {
        answers.add(
            senders.submit(
                () -> {
                  start.await();
                  return resolver.resolve("example.com");
                }));
      }
      start.countDown();
      for (Future<Resolution> answer : answers) {
        assertThat(answer.get(30, TimeUnit.SECONDS).policy()).isPresent();
      }
    } finally {
      senders.shutdownNow();
    }
    assertThat(net.questions).hasValue(1);
    assertThat(net.fetches).hasValue(1);
  }

  @Test
  void cancellingOneFutureDoesNotAffectOthers() {
    PolicyResolver resolver = net.resolver();
    var slow = net.slowDns("example.com");
    CompletableFuture<Resolution> cancelled = resolver.resolveAsync("example.com");
    CompletableFuture<Resolution> waiting = resolver.resolveAsync("example.com");

    cancelled.cancel(true);
    waiting.completeOnTimeout(Resolution.none("timed-out"), 0, TimeUnit.NANOSECONDS);
    CompletableFuture<Resolution> third = resolver.resolveAsync("example.com");
    slow.complete(net.recordOf("example.com"));

    assertThat(third.join().policy()).isPresent();
    assertThat(net.questions).hasValue(1);
  }

  @Test
  void anInterruptedCallerKeepsItsFlagAndDoesNotAffectOthers() throws Exception {
    PolicyResolver resolver = net.resolver();
    var slow = net.slowDns("example.com");
    CompletableFuture<Resolution> waiting = resolver.resolveAsync("example.com");
    CompletableFuture<Boolean> flag = new CompletableFuture<>();
    CompletableFuture<Resolution> answer = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              answer.complete(resolver.resolve("example.com"));
              flag.complete(Thread.currentThread().isInterrupted());
            });
    caller.start();

    assertThat(flag.get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(((Undetermined) answer.join()).cause()).isEqualTo(Cause.INTERRUPTED);
    assertThat(answer.join().explain()).contains("interrupted");
    slow.complete(net.recordOf("example.com"));
    assertThat(waiting.join().policy()).isPresent();
  }

  @Test
  void refusesLookupsAboveTheLimitAndStillAnswersFromTheCache() {
    PolicyResolver resolver = net.resolver(net.builder().concurrentLookups(2));
    resolver.resolve("example.com");
    net.silentDns("a.example");
    net.silentDns("b.example");
    CompletableFuture<Resolution> a = resolver.resolveAsync("a.example");
    CompletableFuture<Resolution> b = resolver.resolveAsync("b.example");

    Undetermined refused = (Undetermined) resolver.resolve("c.example");
    CompletableFuture<Resolution> joins = resolver.resolveAsync("a.example");

    assertThat(refused.cause()).isEqualTo(Cause.BUSY);
    assertThat(refused.decide("mx.c.example").isRefused()).isTrue();
    assertThat(refused.detail()).contains("too many lookups");
    assertThat(List.of(a, b, joins)).noneMatch(CompletableFuture::isDone);
    assertThat(resolver.recheck("example.com").policy()).as("answered from the cache").isPresent();
    net.pass(300);
    assertThat(resolver.resolve("example.com").policy()).isPresent();
  }

  @Test
  void doesNotCacheARefusedLookup() {
    PolicyResolver resolver = net.resolver(net.builder().concurrentLookups(1));
    var slow = net.slowDns("a.example");
    CompletableFuture<Resolution> a = resolver.resolveAsync("a.example");
    resolver.resolve("example.com");
    slow.complete(net.recordOf("a.example"));
    assertThat(a).isDone();

    assertThat(resolver.resolve("example.com").policy()).isPresent();
  }

  @Test
  void closingEndsEveryWaitAndEveryLaterCallThrows() {
    PolicyResolver resolver = net.resolver();
    resolver.resolve("example.com");
    net.silentDns("a.example");
    CompletableFuture<Resolution> waiting = resolver.resolveAsync("a.example");

    resolver.close();
    resolver.close();

    assertThat(((Undetermined) waiting.join()).cause()).isEqualTo(Cause.CLOSING);
    assertThat(waiting.join().decide("mx.a.example").isRefused()).isTrue();
    List<ThrowingCallable> calls =
        List.of(
            () -> resolver.resolve("example.com"),
            () -> resolver.resolveAsync("example.com"),
            () -> resolver.recheck("example.com"),
            () -> resolver.recheckAsync("example.com"),
            () -> resolver.begin("example.com"),
            () -> resolver.cache().show("example.com"),
            () -> resolver.cache().purge("example.com"),
            () -> resolver.cache().refresh("example.com"));
    assertThat(calls)
        .allSatisfy(
            call ->
                assertThatIllegalStateException()
                    .isThrownBy(call)
                    .withMessageContaining("found it closed"));
  }

  @Test
  void queriesNothingWhileBeingBuilt() {
    net.resolver().close();

    assertThat(net.questions).hasValue(0);
  }
}
