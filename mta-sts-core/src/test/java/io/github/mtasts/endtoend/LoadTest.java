// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.endtoend;

import static io.github.mtasts.policy.PolicyMode.ENFORCE;
import static io.github.mtasts.testing.TestInternet.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.testing.PolicyAnswer;
import io.github.mtasts.testing.TestInternet;
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

/** Many concurrent lookups, many domains, and many policy hosts that do not answer. */
final class LoadTest {
  private static final int LOOKUPS = 10_000;
  private static final int DOMAINS = 1_000;

  @Test
  void tenThousandConcurrentLookupsMakeOneTxtQueryAndOneRequest() throws Exception {
    try (TestInternet net = TestInternet.start();
        PolicyResolver resolver = net.resolver().build()) {
      net.publish("nmrc.org", "1", policy(ENFORCE, "talon.nmrc.org"));
      ExecutorService threads = Executors.newFixedThreadPool(200);
      try {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Resolution>> answers = new ArrayList<>();
        for (int i = 0; i < LOOKUPS; i++) {
          answers.add(
              threads.submit(
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
        threads.shutdownNow();
      }
      assertThat(net.dns().queries("_mta-sts.nmrc.org", "TXT")).isEqualTo(1);
      assertThat(net.policyHosts().requests("nmrc.org")).isEqualTo(1);
    }
  }

  @Test
  void hangingPolicyHostsOfFiveHundredDomainsDoNotAffectFiveHundredOthers() throws Exception {
    try (TestInternet net = TestInternet.start()) {
      net.dns()
          .fallback(
              name ->
                  name.startsWith("_mta-sts.")
                      ? Optional.of(List.of("v=STSv1; id=1;"))
                      : Optional.empty());
      net.dns().addressFallback(name -> Optional.of(net.policyHosts().address().getHostAddress()));
      for (int i = 0; i < DOMAINS; i++) {
        if (i % 2 == 0) {
          net.policyHosts()
              .answer(domain(i), PolicyAnswer.fault(PolicyAnswer.Fault.SILENT_AFTER_REQUEST));
        } else {
          net.policyHosts().publish(domain(i), policy(ENFORCE, "mx." + domain(i)));
        }
      }
      List<CompletableFuture<Resolution>> hanging = new ArrayList<>();
      // Long deadlines: on a busy machine DNS must not time out, and no hanging fetch may end by
      // itself. A fetch from a silent host ends after half of the deadline.
      try (PolicyResolver resolver =
          net.resolver()
              .dnsDeadline(Duration.ofMinutes(1))
              .fetchDeadline(Duration.ofMinutes(10))
              .build()) {
        List<CompletableFuture<Resolution>> others = new ArrayList<>();
        for (int i = 0; i < DOMAINS; i++) {
          (i % 2 == 0 ? hanging : others).add(resolver.resolveAsync(domain(i)));
        }
        for (CompletableFuture<Resolution> answer : others) {
          Resolution seen = answer.get(120, TimeUnit.SECONDS);
          assertThat(seen.policy()).as(seen.explain()).isPresent();
        }
        assertThat(hanging.stream().filter(CompletableFuture::isDone).map(f -> f.join().explain()))
            .isEmpty();
      }
      for (CompletableFuture<Resolution> answer : hanging) {
        assertThat(answer.get(60, TimeUnit.SECONDS).policy()).isEmpty();
      }
      assertThat(runningThreads()).as("threads after close()").isEmpty();
    }
  }

  private static String domain(int i) {
    return "d" + i + ".example";
  }

  /** Returns the threads of the library that do not end within a minute. */
  private static List<String> runningThreads() throws InterruptedException {
    List<String> running = new ArrayList<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("mta-sts-")
          && !thread.getName().startsWith("mta-sts-test-")) {
        thread.join(60_000);
        if (thread.isAlive()) {
          running.add(thread.getName());
        }
      }
    }
    return running;
  }
}
