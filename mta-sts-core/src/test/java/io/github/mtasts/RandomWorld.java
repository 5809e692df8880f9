// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.WhenUnavailable;
import io.github.mtasts.discovery.record.DiscoveredRecord;
import io.github.mtasts.fetch.FetchResult;
import io.github.mtasts.fetch.PolicyFetcher;
import io.github.mtasts.overrides.OverrideTable;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.policy.RecordAnswer;
import io.github.mtasts.store.PolicyStoreException;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.testing.InMemoryPolicyStore;
import io.github.mtasts.testing.InMemoryPolicyStore.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A resolver in a world of random faults, for {@link NeverInClearTest}. Steps of the resolver,
 * calls to the store, DNS answers and policies wait until the world runs or completes them, in an
 * order that the random numbers decide.
 */
final class RandomWorld {
  static final String IMPOSTOR = "mx.impostor.example";

  private static final int DOMAINS = 12;
  private static final int YEAR = 31_536_000;

  /** Certificates of policy hosts are not valid for a clock that is wrong by more. */
  private static final Duration CERTIFICATE_LIFE = Duration.ofDays(90);

  /**
   * An answer to one call.
   *
   * @param how which call
   * @param mustBeProtected whether a policy was known all the time from the call to the answer
   */
  record Answer(String how, Resolution resolution, boolean mustBeProtected) {}

  /** A call that waits for its answer, and whether a policy was known when it was made. */
  private static final class Call {
    final String how;
    final String domain;
    boolean isProtected;

    /** Whether the operator has set the domain aside since; the answer may be older than that. */
    boolean isOverruled;

    Call(String how, String domain, boolean isProtected) {
      this.how = how;
      this.domain = domain;
      this.isProtected = isProtected;
    }
  }

  private final Random random;
  private final FakeInternet net = new FakeInternet();
  private final InMemoryPolicyStore store = new InMemoryPolicyStore();
  private final RandomSchedule schedule;
  private final List<Call> calls = new ArrayList<>();
  private final List<Answer> answers = new ArrayList<>();

  /** Domains of which the store has a policy, or this resolver has returned one. */
  private final Set<String> known = new HashSet<>();

  private final Set<String> skipped = new HashSet<>();
  private boolean listenerThrows;
  private Fault fault = Fault.NONE;
  private CachingPolicyResolver published;
  private PolicyResolver resolver;

  RandomWorld(Random random) {
    this.random = random;
    this.schedule = new RandomSchedule(random);
    for (int i = 0; i < DOMAINS; i++) {
      mend(domain(i));
      if (i % 3 != 0) { // the others become known by a fetch
        store.put(row(domain(i), net.instant()));
        known.add(domain(i));
      }
    }
    open();
  }

  private static String domain(int number) {
    return "d" + number + ".example";
  }

  String anyDomain() {
    return domain(random.nextInt(DOMAINS));
  }

  private static StoredPolicy row(String domain, Instant fetchedAt) {
    return new StoredPolicy(
        domain,
        "1",
        FakeInternet.text("enforce", YEAR, "mx." + domain),
        PolicyMode.ENFORCE,
        fetchedAt,
        fetchedAt.plusSeconds(YEAR),
        fetchedAt,
        Optional.empty());
  }

  private void open() {
    ResolverListener listener =
        new ResolverListener() {
          @Override
          public void recordChecked(String domain, RecordAnswer answer) {
            if (listenerThrows) {
              throw new IllegalStateException("a listener of the test");
            }
          }
        };
    PolicyResolverBuilder options =
        net.builder()
            .store(store)
            .concurrentLookups(8)
            .whenStoreUnavailable(WhenUnavailable.DEFER)
            .executor(schedule)
            .listener(listener);
    options.options.random = () -> 0; // no delays, so that the seed decides everything
    published =
        ResolverFactory.of(
            options,
            this::overrides,
            this::discover,
            new Hosts(),
            new ResolverFactory.Threads(schedule, schedule, schedule),
            FakeInternet.inline(options),
            () -> {});
    ResolverOptions withOverrides = alwaysWithOverrides(options);
    resolver =
        OverridingResolver.over(
            published,
            this::overrides,
            withOverrides.mxTlsSettings(FakeInternet.inline(options)),
            withOverrides);
  }

  /** A table, even an empty one, so that overrides can be reloaded. */
  private static ResolverOptions alwaysWithOverrides(PolicyResolverBuilder options) {
    options.overrides(skip("unrelated.example"));
    return options.options;
  }

  private static PolicyOverride skip(String domain) {
    return PolicyOverride.skip(domain).by("alice").because("a test").withoutEnd();
  }

  private OverrideTable overrides() {
    return OverrideTable.of(skipped.stream().map(RandomWorld::skip).toList());
  }

  private CompletableFuture<DiscoveredRecord> discover(DomainName domain) {
    CompletableFuture<DiscoveredRecord> answer = new CompletableFuture<>();
    schedule.later(() -> answer.complete(net.recordOf(domain.value())));
    return answer;
  }

  private final class Hosts implements PolicyFetcher {
    @Override
    public CompletableFuture<FetchResult> fetch(DomainName domain) {
      CompletableFuture<FetchResult> answer = new CompletableFuture<>();
      schedule.later(() -> answer.complete(policyOf(domain.value())));
      return answer;
    }

    @Override
    public void close() {}
  }

  /** With a clock that is far off, no certificate of a policy host is valid. */
  private FetchResult policyOf(String domain) {
    return Math.abs(net.wallOffsetSeconds.get()) > CERTIFICATE_LIFE.toSeconds()
        ? new FetchResult.Failed(
            ResultType.STS_WEBPKI_INVALID, "the certificate is not valid now", Optional.empty())
        : net.policyOf(domain);
  }

  void resolve(String domain) {
    call("resolve", domain, resolver.resolveAsync(domain));
  }

  void recheck(String domain) {
    call("recheck", domain, resolver.recheckAsync(domain));
  }

  void resolveAndCancel(String domain) {
    var unused = resolver.resolveAsync(domain).cancel(true);
  }

  void resolveInterrupted(String domain) {
    Call call = begin("interrupted resolve", domain);
    Thread.currentThread().interrupt();
    Resolution resolution = resolver.resolve(domain);
    Thread.interrupted();
    end(call, resolution);
  }

  private void call(String how, String domain, CompletableFuture<Resolution> result) {
    Call call = begin(how, domain);
    var unused =
        result.whenComplete(
            (resolution, failure) -> {
              if (failure == null) {
                end(call, resolution);
              } else {
                failure.printStackTrace();
              }
            });
  }

  private Call begin(String how, String domain) {
    Call call = new Call(how, domain, known.contains(domain) && !skipped.contains(domain));
    calls.add(call);
    return call;
  }

  private void end(Call call, Resolution resolution) {
    calls.remove(call);
    answers.add(new Answer(call.how + " of " + call.domain, resolution, call.isProtected));
    if (resolution instanceof InForce && !call.isOverruled) {
      known.add(call.domain);
    }
  }

  /** Renewals, writes of uses, and writes that failed before. */
  void maintain() {
    schedule.atOnce(() -> published.maintenance().tick());
  }

  /** The operator's word: answers that are under way may be without the policy. */
  void purge(String domain) {
    forget(domain);
    schedule.atOnce(
        () -> {
          try {
            resolver.cache().purge(domain);
          } catch (PolicyStoreException down) {
            // The operator sees this, and that the row is still there.
          }
        });
    if (isStored(domain)) {
      known.add(domain);
    } else {
      known.remove(domain);
    }
  }

  private void forget(String domain) {
    calls.stream()
        .filter(call -> call.domain.equals(domain))
        .forEach(
            call -> {
              call.isProtected = false;
              call.isOverruled = true;
            });
  }

  void importRow(String domain) {
    schedule.atOnce(
        () -> {
          try {
            if (resolver.cache().importFrom(row(domain, trueTime()))) {
              known.add(domain);
            }
          } catch (PolicyStoreException down) {
            // The operator sees this and tries again.
          }
        });
  }

  private Instant trueTime() {
    return FakeInternet.START.plusNanos(net.nanos.get());
  }

  /** The operator reloads the overrides. */
  void toggleSkip(String domain) {
    forget(domain);
    if (!skipped.add(domain)) {
      skipped.remove(domain);
    }
  }

  void reopen() {
    schedule.runTasks();
    schedule.atOnce(resolver::close);
    known.clear();
    for (int i = 0; i < DOMAINS; i++) {
      if (isStored(domain(i))) {
        known.add(domain(i));
      }
    }
    open();
  }

  private boolean isStored(String domain) {
    store.fault(Fault.NONE);
    boolean stored = store.find(domain).isPresent();
    store.fault(fault);
    return stored;
  }

  void fault(Fault next) {
    fault = next;
    store.fault(next);
  }

  void breakDns(String domain) {
    if (random.nextBoolean()) {
      net.dnsDown(domain);
    } else {
      net.noTxt(domain, random.nextInt(86_400));
    }
  }

  void breakPolicyHost(String domain) {
    if (random.nextBoolean()) {
      net.broken(domain, ResultType.STS_POLICY_FETCH_ERROR);
    } else {
      net.hostNotFound(domain);
    }
  }

  /** Publishes a policy under the same id or another. */
  void mend(String domain) {
    net.txt(domain, 60 + random.nextInt(600), "v=STSv1; id=" + (1 + random.nextInt(2)) + ";")
        .enforce(domain, YEAR, "mx." + domain);
  }

  /**
   * An hour or a day is an error of people; more than a year is a broken clock. No policy is
   * between the check of its certificate and the note of its time.
   */
  void moveClock() {
    schedule.runTasks();
    List<Duration> offsets =
        List.of(
            Duration.ZERO,
            Duration.ZERO,
            Duration.ofHours(1),
            Duration.ofDays(-1),
            Duration.ofDays(400),
            Duration.ofDays(-400));
    net.wallOffsetSeconds.set(offsets.get(random.nextInt(offsets.size())).toSeconds());
  }

  void pass() {
    net.pass(List.of(1, 60, 3_600, 43_200).get(random.nextInt(4)));
  }

  void changeExecutor() {
    schedule.full(!schedule.isFull());
  }

  void changeListener() {
    listenerThrows = !listenerThrows;
  }

  void runSome() {
    schedule.runSome();
  }

  /** Ends the world; every call must have got an answer. */
  void end() {
    schedule.full(false);
    schedule.runAll();
    schedule.atOnce(resolver::close);
  }

  List<String> unanswered() {
    return calls.stream().map(call -> call.how + " of " + call.domain).toList();
  }

  List<Answer> takeAnswers() {
    List<Answer> taken = List.copyOf(answers);
    answers.clear();
    return taken;
  }
}
