// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.Resolution.NoPolicy;
import io.github.mtasts.decision.Resolution.Reason;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.TlsSession;
import io.github.mtasts.fetch.FetchResult;
import io.github.mtasts.policy.RecordAnswer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * IsolatedListeners that throw, executors that are full, flaws of ours: mail goes on, protection
 * stays.
 */
final class TroubleInOurHouseTest {
  private final FakeInternet net =
      new FakeInternet()
          .txt("example.com", 60, "v=STSv1; id=1;")
          .enforce("example.com", 604_800, "mx.example.com");
  private final Logger logger = Logger.getLogger(PolicyResolver.class.getName());
  private final StringBuilder log = new StringBuilder();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          log.append(entry.getMessage()).append('\n');
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listenToTheLog() {
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    logger.setLevel(Level.ALL);
  }

  @AfterEach
  void leaveTheLog() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(true);
  }

  private static final class Thrower implements ResolverListener {
    @Override
    public void recordChecked(String domain, RecordAnswer answer) {
      throw new IllegalStateException("listener");
    }

    @Override
    public void policyFetched(InForce fetched) {
      throw new AssertionError("listener");
    }

    @Override
    public void tlsSessionEnded(TlsSession session) {
      throw new IllegalStateException("listener");
    }
  }

  @Test
  void aListenerThatThrowsIsLoggedAndTheNextOneStillHears() {
    RecordingListener diary = new RecordingListener();
    PolicyResolver resolver = net.resolver(new Thrower(), diary);

    Resolution found = resolver.resolve("example.com");

    assertThat(found.policy()).isPresent();
    assertThat(diary.all())
        .containsExactly("record example.com FOUND", "fetched example.com enforce");
    assertThat(log).contains("ResolverListener threw");
  }

  @Test
  void aListenerOfTlsSessionsThatThrowsIsCaughtToo() {
    PolicyResolver resolver = net.resolver(new Thrower());
    MxDecision decision = resolver.resolve("example.com").decide("mx.example.com");
    log.setLength(0);

    decision.settings().listener().tlsSessionEnded(new TlsSession(decision, Optional.empty(), ""));

    assertThat(log).contains("ResolverListener threw");
  }

  @Test
  void aFullExecutorLosesNoStep() {
    PolicyResolver resolver =
        FakeInternet.assembled(
            net.builder(),
            net,
            net,
            ResolverThreads.neverRejecting(
                step -> {
                  throw new RejectedExecutionException("full");
                }),
            () -> {});

    assertThat(resolver.resolve("example.com").policy()).isPresent();
  }

  @Test
  void aFlawOfOursKeepsTheKnownPolicyAndIsLogged() {
    boolean[] flawed = {false};
    PolicyResolver resolver =
        FakeInternet.assembled(
            net.builder(),
            domain -> {
              if (flawed[0]) {
                throw new IllegalStateException("flaw");
              }
              return net.discover(domain);
            },
            net,
            Runnable::run,
            () -> {});
    resolver.resolve("example.com");
    flawed[0] = true;
    net.pass(60);

    assertThat(resolver.resolve("example.com").policy()).isPresent();
    assertThat(resolver.recheck("example.com").policy()).isPresent();
    assertThat(((NoPolicy) resolver.resolve("example.net")).reason())
        .isEqualTo(Reason.DNS_UNAVAILABLE);
    assertThat(log).contains("flaw of ours");
  }

  @Test
  void aDiscoveryThatFailsInsteadOfAnsweringDoesNotHangTheNextCaller() {
    PolicyResolver resolver =
        FakeInternet.assembled(
            net.builder(),
            domain -> CompletableFuture.failedFuture(new IllegalStateException("flaw")),
            net,
            Runnable::run,
            () -> {});

    assertThat(resolver.resolve("example.com").policy()).isEmpty();
    assertThat(resolver.resolve("example.com").policy()).isEmpty();
  }

  @Test
  void anErrorWhileAWalkDepartsIsNobodysButOurs() {
    boolean[] flawed = {false};
    PolicyResolver resolver =
        FakeInternet.assembled(
            net.builder(),
            domain -> {
              if (flawed[0]) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              return net.discover(domain);
            },
            net,
            Runnable::run,
            () -> {});
    resolver.resolve("example.com");
    flawed[0] = true;
    net.pass(60);

    assertThat(resolver.resolve("example.com").policy()).isPresent();
    flawed[0] = false;
    int questions = net.questions.get();
    resolver.resolve("example.com");
    assertThat(net.questions).as("the next look departs").hasValue(questions + 1);
    assertThat(((NoPolicy) resolver.resolve("")).reason()).isEqualTo(Reason.NOT_A_DOMAIN);
  }

  @Test
  void aFlawOfOursIsNotCalledOverload() {
    PolicyResolver resolver =
        FakeInternet.assembled(
            net.builder(),
            domain -> CompletableFuture.failedFuture(new IllegalStateException("flaw")),
            net,
            Runnable::run,
            () -> {});

    assertThat(resolver.resolve("example.com").explain())
        .contains("internal error")
        .doesNotContain("too many");
  }

  @Test
  void anExecutorThatLosesAStepBlindsNoDomainForEver() {
    boolean[] lossy = {true};
    PolicyResolver resolver =
        FakeInternet.assembled(
            net.builder(),
            net,
            net,
            step -> {
              if (!lossy[0]) {
                step.run();
              }
            },
            () -> {});
    CompletableFuture<Resolution> lost = resolver.resolveAsync("example.com");
    lossy[0] = false;
    assertThat(resolver.resolveAsync("example.com")).as("joins the lost one").isNotDone();
    net.pass(70);

    assertThat(resolver.resolve("example.com").policy()).isPresent();
    assertThat(lost.join().policy()).isEmpty();
  }

  @Test
  void closingIsNoAttackAndNoFailureOfTheDomain() {
    RecordingListener diary = new RecordingListener();
    CompletableFuture<FetchResult> slow = new CompletableFuture<>();
    PolicyResolver resolver =
        FakeInternet.assembled(
            net.builder().listener(diary),
            net,
            net,
            Runnable::run,
            () ->
                slow.complete(
                    new FetchResult.Failed(
                        ResultType.STS_POLICY_FETCH_ERROR, "closed", Optional.empty())));
    resolver.resolve("example.com");
    net.txt("example.com", 60, "v=STSv1; id=2;");
    net.answerWith("example.com", slow);
    net.pass(60);
    resolver.resolve("example.com");
    diary.read();

    resolver.close();

    assertThat(diary.read()).isEmpty();
    assertThat(resolver.resolve("example.com").problem()).isEmpty();
  }

  @Test
  void aResolverWhosePartsThrowWhileClosingStillEndsEveryWait() {
    PolicyResolver resolver =
        FakeInternet.assembled(
            net.builder(),
            net,
            net,
            Runnable::run,
            () -> {
              throw new IllegalStateException("closing");
            });
    net.silentDns("slow.example");
    CompletableFuture<Resolution> waiting = resolver.resolveAsync("slow.example");

    assertThatIllegalStateException().isThrownBy(resolver::close);
    assertThat(waiting.join().explain()).contains("closed");
  }
}
