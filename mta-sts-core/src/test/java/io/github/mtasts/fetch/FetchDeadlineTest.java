// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import static io.github.mtasts.decision.ResultType.STS_POLICY_FETCH_ERROR;
import static io.github.mtasts.fetch.FetchFixture.POLICY;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.policy.DomainName;
import io.github.mtasts.testing.PolicyAnswer;
import io.github.mtasts.testing.PolicyAnswer.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One deadline for the whole fetch. RFC 8461 §3.3 */
class FetchDeadlineTest {
  private static final Duration SHORT = Duration.ofMillis(800);

  /** Long enough that even a busy machine gets to the last step of the fetch. */
  private static final Duration LONGER = Duration.ofSeconds(4);

  private FetchFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new FetchFixture();
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private FetcherBuilder here() {
    return fixture.builder(host -> completedFuture(List.of(fixture.hosts.address())));
  }

  private static FetchResult fetch(FetcherBuilder builder) {
    try (PolicyFetcher fetcher = builder.build()) {
      return FetchFixture.fetch(fetcher, "example.com");
    }
  }

  private static FetchResult fetchShortly(FetcherBuilder builder) {
    return fetch(builder.deadline(SHORT));
  }

  private String failure(Duration deadline) {
    return FetchFixture.failure(fetch(here().deadline(deadline)), STS_POLICY_FETCH_ERROR).detail();
  }

  @Test
  @Tag("rfc-item-49")
  @Tag("rfc-item-55")
  void endsAFetchWhoseBodyArrivesSlowly() {
    fixture.hosts.answer(
        "example.com", PolicyAnswer.policy(POLICY).dripping(Duration.ofMillis(500)));

    assertThat(failure(LONGER))
        .contains("a complete response within 4 s, found the fetch still reading the body");
  }

  @Test
  @Tag("rfc-item-49")
  void endsAFetchWhoseHeadersArriveSlowly() {
    fixture.hosts.answer(
        "example.com",
        PolicyAnswer.raw("HTTP/1.1 200 OK\r\n" + "X-Drip: drip\r\n".repeat(1000))
            .dripping(Duration.ofMillis(100)));

    assertThat(failure(LONGER)).contains("found the fetch still waiting for the response");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"SILENT", "STALLED_HANDSHAKE", "SILENT_AFTER_REQUEST"})
  @Tag("rfc-item-49")
  void endsAFetchWhoseHostStopsRespondingAtAnyStep(Fault fault) {
    fixture.hosts.answer("example.com", PolicyAnswer.fault(fault));

    assertThat(failure(SHORT)).contains("found ");
  }

  @Test
  void isUnavailableWhenALookupNeverEnds() {
    CompletableFuture<List<InetAddress>> never = new CompletableFuture<>();

    assertThat(FetchFixture.unavailable(fetchShortly(fixture.builder(host -> never))))
        .endsWith(
            "expected the addresses of the policy host within 800 ms, found the fetch still looking"
                + " up the addresses of mta-sts.example.com; check the DNS servers that this sender"
                + " uses");
  }

  @Test
  void countsTheWaitForAPermit() {
    fixture.hosts.publish("example.com", POLICY);
    AtomicInteger tasks = new AtomicInteger();
    ExecutorService threads = FetchThreads.forFetches();
    Executor dropsFirstTask =
        task -> {
          if (tasks.getAndIncrement() > 0) {
            threads.execute(task);
          }
        };
    try (PolicyFetcher fetcher =
        here().executor(dropsFirstTask).maxConcurrentFetches(1).deadline(SHORT).build()) {
      CompletableFuture<FetchResult> first = fetcher.fetch(DomainName.of("lost.example"));

      String waited = FetchFixture.unavailable(FetchFixture.fetch(fetcher, "example.com"));

      assertThat(first).isCompleted();
      assertThat(waited)
          .endsWith(
              "expected the fetch to start within 800 ms, found the fetch still waiting for a"
                  + " running fetch to end; allow more concurrent fetches, or find out what blocks"
                  + " them");
      assertThat(tasks).as("the second fetch got no permit").hasValue(1);
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void appliesEvenIfTheExecutorNeverRunsATask() {
    assertThat(FetchFixture.unavailable(fetchShortly(here().executor(task -> {}))))
        .contains("found the fetch still waiting for a running fetch to end");
  }

  @Test
  void doesNotDelayGoodHostsBehindHostsThatDoNotRespond() {
    int hosts = 100;
    List<CompletableFuture<FetchResult>> good = new ArrayList<>();
    List<CompletableFuture<FetchResult>> hanging = new ArrayList<>();
    try (PolicyFetcher fetcher = here().deadline(Duration.ofMinutes(5)).build()) {
      for (int i = 0; i < hosts; i++) {
        fixture.hosts.answer("hangs" + i + ".example", PolicyAnswer.fault(Fault.SILENT));
        fixture.hosts.publish("good" + i + ".example", POLICY);
        hanging.add(fetcher.fetch(DomainName.of("hangs" + i + ".example")));
        good.add(fetcher.fetch(DomainName.of("good" + i + ".example")));
      }

      CompletableFuture.allOf(good.toArray(CompletableFuture[]::new))
          .orTimeout(2, TimeUnit.MINUTES)
          .join();

      assertThat(good).allSatisfy(done -> FetchFixture.policy(done.join()));
      assertThat(hanging).noneMatch(CompletableFuture::isDone);
    }
    assertThat(hanging)
        .allSatisfy(
            done -> assertThat(FetchFixture.unavailable(done.join())).contains("found it closed"));
  }
}
