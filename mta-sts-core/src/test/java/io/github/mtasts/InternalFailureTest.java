// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.mtasts.decision.MxDecision;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.Resolution.NoPolicy;
import io.github.mtasts.decision.Resolution.Reason;
import io.github.mtasts.decision.Resolution.Undetermined;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.TlsSession;
import io.github.mtasts.discovery.record.DiscoveredRecord;
import io.github.mtasts.discovery.record.RecordDiscovery;
import io.github.mtasts.fetch.FetchResult;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.RecordAnswer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Listeners that throw, full executors and internal errors stop no lookup and lose no policy. */
final class InternalFailureTest {
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

  /** Runs before each DNS query of {@link #discoverAfterHook}. */
  private Runnable beforeDiscovery = () -> {};

  @BeforeEach
  void addLogHandler() {
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
    logger.setLevel(Level.ALL);
  }

  @AfterEach
  void removeLogHandler() {
    logger.removeHandler(handler);
    logger.setUseParentHandlers(true);
  }

  private CompletableFuture<DiscoveredRecord> discoverAfterHook(DomainName domain) {
    beforeDiscovery.run();
    return net.discover(domain);
  }

  private PolicyResolver resolverOver(RecordDiscovery discovery) {
    return FakeInternet.resolverWith(net.builder(), discovery, net, Runnable::run, () -> {});
  }

  private PolicyResolver resolverOn(Executor steps) {
    return FakeInternet.resolverWith(net.builder(), net, net, steps, () -> {});
  }

  private static final class ThrowingListener implements ResolverListener {
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
  void aListenerThatThrowsIsLoggedAndTheNextOneIsStillCalled() {
    RecordingListener events = new RecordingListener();
    PolicyResolver resolver = net.resolver(new ThrowingListener(), events);

    Resolution found = resolver.resolve("example.com");

    assertThat(found.policy()).isPresent();
    assertThat(events.all())
        .containsExactly("record example.com FOUND", "fetched example.com enforce");
    assertThat(log).contains("ResolverListener threw");
  }

  @Test
  void aListenerThatThrowsAtTheEndOfATlsSessionIsLogged() {
    PolicyResolver resolver = net.resolver(new ThrowingListener());
    MxDecision decision = resolver.resolve("example.com").decide("mx.example.com");
    log.setLength(0);

    decision.settings().listener().tlsSessionEnded(new TlsSession(decision, Optional.empty(), ""));

    assertThat(log).contains("ResolverListener threw");
  }

  @Test
  void aFullExecutorDropsNoStep() {
    PolicyResolver resolver =
        resolverOn(
            ResolverThreads.neverRejecting(
                step -> {
                  throw new RejectedExecutionException("full");
                }));

    assertThat(resolver.resolve("example.com").policy()).isPresent();
  }

  @Test
  void anInternalErrorKeepsTheCachedPolicyAndIsLogged() {
    PolicyResolver resolver = resolverOver(this::discoverAfterHook);
    resolver.resolve("example.com");
    beforeDiscovery =
        () -> {
          throw new IllegalStateException("internal error of the test");
        };
    net.pass(60);

    assertThat(resolver.resolve("example.com").policy()).isPresent();
    assertThat(resolver.recheck("example.com").policy()).isPresent();
    assertThat(((Undetermined) resolver.resolve("example.net")).cause())
        .isEqualTo(Cause.INTERNAL_ERROR);
    assertThat(resolver.resolve("example.net").decide("mx.example.net").isRefused()).isTrue();
    assertThat(log).contains("Lookup of example.net failed");
  }

  @Test
  void aDiscoveryThatFailsDoesNotBlockTheNextCaller() {
    PolicyResolver resolver =
        resolverOver(
            domain ->
                CompletableFuture.failedFuture(
                    new IllegalStateException("internal error of the test")));

    assertThat(resolver.resolve("example.com").policy()).isEmpty();
    assertThat(resolver.resolve("example.com").policy()).isEmpty();
  }

  @Test
  void anErrorAtTheStartOfALookupIsNotThrownToTheCaller() {
    PolicyResolver resolver = resolverOver(this::discoverAfterHook);
    resolver.resolve("example.com");
    beforeDiscovery =
        () -> {
          throw new OutOfMemoryError("unable to create native thread");
        };
    net.pass(60);

    assertThat(resolver.resolve("example.com").policy()).isPresent();
    beforeDiscovery = () -> {};
    int questions = net.questions.get();
    resolver.resolve("example.com");
    assertThat(net.questions).as("the next lookup starts").hasValue(questions + 1);
    assertThat(((NoPolicy) resolver.resolve("")).reason()).isEqualTo(Reason.NOT_A_DOMAIN);
  }

  @Test
  void anInternalErrorIsNotReportedAsOverload() {
    PolicyResolver resolver =
        resolverOver(
            domain ->
                CompletableFuture.failedFuture(
                    new IllegalStateException("internal error of the test")));

    assertThat(resolver.resolve("example.com").explain())
        .contains("internal error")
        .doesNotContain("too many");
  }

  @Test
  void anExecutorThatDropsAStepBlocksNoDomainForEver() {
    boolean[] dropping = {true};
    PolicyResolver resolver =
        resolverOn(
            step -> {
              if (!dropping[0]) {
                step.run();
              }
            });
    CompletableFuture<Resolution> dropped = resolver.resolveAsync("example.com");
    dropping[0] = false;
    assertThat(resolver.resolveAsync("example.com")).as("joins the dropped one").isNotDone();
    net.pass(70);

    assertThat(resolver.resolve("example.com").policy()).isPresent();
    assertThat(dropped.join().policy()).isEmpty();
  }

  @Test
  void closingReportsNoFailureAndNoSuspicion() {
    RecordingListener events = new RecordingListener();
    CompletableFuture<FetchResult> slow = new CompletableFuture<>();
    PolicyResolver resolver =
        FakeInternet.resolverWith(
            net.builder().listener(events),
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
    events.read();

    resolver.close();

    assertThat(events.read()).isEmpty();
  }

  @Test
  void closingEndsEveryWaitThoughAPartThrows() {
    PolicyResolver resolver =
        FakeInternet.resolverWith(
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
