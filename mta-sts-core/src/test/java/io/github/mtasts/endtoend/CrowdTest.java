package io.github.mtasts.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.testing.PolicyAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Many senders, many domains, many dead policy hosts. */
final class CrowdTest {
  private static final int SENDERS = 10_000;
  private static final int DOMAINS = 1_000;

  @Test
  void tenThousandConcurrentQuestionsMakeOneTxtQueryAndOneRequest() throws Exception {
    try (SmallInternet net = new SmallInternet();
        PolicyResolver resolver = net.sender().build()) {
      net.publish("nmrc.org", "1", SmallInternet.enforce("talon.nmrc.org"));
      ExecutorService senders = Executors.newFixedThreadPool(200);
      try {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Resolution>> answers = new ArrayList<>();
        for (int i = 0; i < SENDERS; i++) {
          answers.add(
              senders.submit(
                  () -> {
                    start.await();
                    return resolver.resolve("nmrc.org");
                  }));
        }
        start.countDown();
        for (Future<Resolution> answer : answers) {
          assertThat(answer.get(60, TimeUnit.SECONDS).policy()).isPresent();
        }
      } finally {
        senders.shutdownNow();
      }
      assertThat(net.dns.queries("_mta-sts.nmrc.org", "TXT")).isEqualTo(1);
      assertThat(net.hosts.requests("nmrc.org")).isEqualTo(1);
    }
  }

  @Test
  void aThousandDomainsWithHalfThePolicyHostsHangingLeaveTheOtherHalfUnharmed() throws Exception {
    try (SmallInternet net = new SmallInternet()) {
      net.dns.fallback(
          name ->
              name.startsWith("_mta-sts.")
                  ? Optional.of(List.of("v=STSv1; id=1;"))
                  : Optional.empty());
      net.dns.addressFallback(name -> Optional.of(net.hosts.address().getHostAddress()));
      for (int i = 0; i < DOMAINS; i++) {
        if (i % 2 == 0) {
          net.hosts.answer(domain(i), PolicyAnswer.fault(PolicyAnswer.Fault.SILENT_AFTER_REQUEST));
        } else {
          net.hosts.publish(domain(i), SmallInternet.enforce("mx." + domain(i)));
        }
      }
      List<CompletableFuture<Resolution>> hanging = new ArrayList<>();
      // A busy machine must not make this a test of DNS, nor have the hanging ones end by
      // themselves: half of the deadline is what silence may take.
      try (PolicyResolver resolver =
          net.sender()
              .dnsDeadline(Duration.ofMinutes(1))
              .fetchDeadline(Duration.ofMinutes(10))
              .build()) {
        List<CompletableFuture<Resolution>> alive = new ArrayList<>();
        for (int i = 0; i < DOMAINS; i++) {
          (i % 2 == 0 ? hanging : alive).add(resolver.resolveAsync(domain(i)));
        }
        for (CompletableFuture<Resolution> answer : alive) {
          Resolution seen = answer.get(120, TimeUnit.SECONDS);
          assertThat(seen.policy()).as(seen.explain()).isPresent();
        }
        assertThat(hanging.stream().filter(CompletableFuture::isDone).map(f -> f.join().explain()))
            .isEmpty();
      }
      for (CompletableFuture<Resolution> answer : hanging) {
        assertThat(answer.get(60, TimeUnit.SECONDS).policy()).isEmpty();
      }
      assertThat(threadsLeft()).as("threads after close()").isEmpty();
    }
  }

  private static String domain(int i) {
    return "d" + i + ".example";
  }

  /** Threads of the library that do not end within a minute. */
  private static List<String> threadsLeft() throws InterruptedException {
    List<String> left = new ArrayList<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("mta-sts-")
          && !thread.getName().startsWith("mta-sts-test-")) {
        thread.join(60_000);
        if (thread.isAlive()) {
          left.add(thread.getName());
        }
      }
    }
    return left;
  }
}
