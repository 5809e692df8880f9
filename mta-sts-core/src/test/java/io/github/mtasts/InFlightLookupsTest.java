// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.cache.BackOff;
import io.github.mtasts.cache.CacheEntry;
import io.github.mtasts.cache.CacheTier;
import io.github.mtasts.cache.PolicyCache;
import io.github.mtasts.cache.TtlBounds;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.Undetermined;
import io.github.mtasts.decision.Resolution.Undetermined.Cause;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.WhenUnavailable;
import io.github.mtasts.discovery.record.DiscoveredRecord;
import io.github.mtasts.overrides.OverrideTable;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.refresh.Maintenance;
import io.github.mtasts.refresh.RefreshSchedule;
import io.github.mtasts.refresh.Refresher;
import io.github.mtasts.resolver.FleetFetch;
import io.github.mtasts.resolver.InFlightLookups;
import io.github.mtasts.resolver.LookupFlow;
import io.github.mtasts.resolver.LookupFlow.Purpose;
import io.github.mtasts.resolver.UndeterminedAnswers;
import io.github.mtasts.stored.StoreGateway;
import io.github.mtasts.stored.StoreMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** Cases that a resolver reaches only in a race or after minutes. */
final class InFlightLookupsTest {
  private static final DomainName DOMAIN = DomainName.of("example.com");

  private final FakeInternet net =
      new FakeInternet()
          .txt("example.com", 300, "v=STSv1; id=1;")
          .enforce("example.com", 604_800, "mx.example.com");
  private final PolicyCache<CacheEntry> cache = new PolicyCache<>(10, 10, 10);
  private OverrideTable overrides = OverrideTable.EMPTY;
  private final TtlBounds ttlBounds =
      new TtlBounds(Duration.ZERO, Duration.ofHours(1), Duration.ZERO, Duration.ofHours(1));
  private final StoreGateway noStore =
      new StoreGateway(
          Optional.empty(),
          Duration.ofSeconds(1),
          Runnable::run,
          Runnable::run,
          new StoreMapper(Reading.TOLERANT, ttlBounds, MxTlsSettings.DEFAULT, net, net.nanos::get),
          new ResolverListener() {},
          net,
          net.nanos::get);
  private final LookupFlow flow =
      new LookupFlow(
          net,
          noStore,
          new FleetFetch(net, noStore, 8, new Random(1), Runnable::run),
          ttlBounds,
          new BackOff.Schedule(Duration.ofMinutes(5), Duration.ofHours(1), new Random(1)),
          new UndeterminedAnswers(
              WhenUnavailable.PROCEED, WhenUnavailable.DEFER, MxTlsSettings.DEFAULT, net),
          Duration.ZERO,
          net.nanos::get,
          Runnable::run);
  private final InFlightLookups lookups = lookups(net.nanos::get);

  @Test
  void aSecondLookupRightAfterTheFirstUsesItsResult() {
    Resolution first = lookups.lookUp(DOMAIN, Purpose.LOOKUP).join();
    Resolution second = lookups.lookUp(DOMAIN, Purpose.LOOKUP).join();

    assertThat(first.policy()).isPresent();
    assertThat(second.policy()).isEqualTo(first.policy());
    assertThat(net.questions).hasValue(1);
    assertThat(lookups.lookUp(DOMAIN, Purpose.RECHECK).join().policy()).isPresent();
    assertThat(net.questions).as("a recheck always queries DNS").hasValue(2);
  }

  @Test
  void aPolicyThatTheOperatorEnforcesMovesToTheEnforceTierAtTheNextLookup() {
    net.policy("example.com", FakeInternet.text("testing", 604_800, "mx.example.com"));
    var unused = lookups.lookUp(DOMAIN, Purpose.LOOKUP).join();
    assertThat(cache.size(CacheTier.OTHER_POLICY)).isEqualTo(1);
    overrides = OverrideTable.of(List.of(enforced(".com")));
    net.pass(300);
    unused = lookups.lookUp(DOMAIN, Purpose.LOOKUP).join();

    assertThat(enforced()).isEqualTo(1);
    assertThat(cache.size(CacheTier.OTHER_POLICY)).isZero();

    overrides = OverrideTable.EMPTY;
    net.pass(300);
    unused = lookups.lookUp(DOMAIN, Purpose.LOOKUP).join();
    assertThat(enforced()).isZero();
  }

  @Test
  void aPolicyThatTheOperatorTreatsAsTestingStaysInTheEnforceTier() {
    overrides =
        OverrideTable.of(
            List.of(
                PolicyOverride.treatAsTesting("example.com")
                    .by("alice")
                    .because("x")
                    .withoutEnd()));
    var unused = lookups.lookUp(DOMAIN, Purpose.LOOKUP).join();

    assertThat(enforced()).isEqualTo(1);
  }

  private long enforced() {
    return cache.size(CacheTier.ENFORCE) + cache.size(CacheTier.ENFORCE_USED_ONCE);
  }

  private static PolicyOverride enforced(String place) {
    return PolicyOverride.enforce(place).by("alice").because("agreed upon").withoutEnd();
  }

  @Test
  void aLookupAfterTheTtlQueriesDnsAgain() {
    Resolution first = lookups.lookUp(DOMAIN, Purpose.LOOKUP).join();
    net.pass(300);
    Resolution second = lookups.lookUp(DOMAIN, Purpose.LOOKUP).join();

    assertThat(second.policy()).isEqualTo(first.policy());
    assertThat(net.questions).hasValue(2);
  }

  @Test
  void aCallerTimesOutEvenIfTheLookupNeverEnds() {
    net.silentDns("example.com");
    AtomicInteger closeCalls = new AtomicInteger();
    PolicyResolver resolver =
        new CachingPolicyResolver(
            cache,
            noStore,
            lookups,
            net,
            net.nanos::get,
            Duration.ofMillis(1),
            MxTlsSettings.DEFAULT,
            Runnable::run,
            upkeep(),
            closeCalls::incrementAndGet);

    Undetermined timedOut = (Undetermined) resolver.resolve("example.com");

    assertThat(timedOut.cause()).isEqualTo(Cause.BUSY);
    assertThat(timedOut.detail()).contains("expected a result within");
    resolver.close();
    assertThat(closeCalls).hasValue(1);
  }

  @Test
  void aLookupRightAfterAPurgeDoesNotRestoreTheEntry() {
    net.txt(DOMAIN.value(), 60, "v=STSv1; id=1;").enforce(DOMAIN.value(), 604_800, "mx.example");
    lookups.lookUp(DOMAIN, Purpose.LOOKUP).join();
    net.pass(60);
    CompletableFuture<DiscoveredRecord> slow = net.slowDns(DOMAIN.value());
    var pending =
        lookups
            .lookUp(DOMAIN, Purpose.LOOKUP)
            .thenCompose(purged -> lookups.lookUp(DOMAIN, Purpose.LOOKUP));
    net.dnsDown(DOMAIN.value());

    assertThat(lookups.remove(DOMAIN.value())).isTrue();
    slow.complete(net.recordOf(DOMAIN.value()));

    assertThat(pending.join().policy()).isEmpty();
  }

  @Test
  void aLookupDuringTheCloseQueriesNothing() {
    List<InFlightLookups> closing = new ArrayList<>();
    closing.add(
        lookups(
            () -> { // called for the start time, after the check that it is open
              closing.get(0).close();
              return net.nanos.get();
            }));

    assertThat(closing.get(0).lookUp(DOMAIN, Purpose.LOOKUP).join().policy()).isEmpty();
    assertThat(net.questions).hasValue(0);
  }

  private InFlightLookups lookups(LongSupplier ticker) {
    return new InFlightLookups(
        flow,
        cache,
        entry ->
            CacheTier.of(
                entry,
                policy ->
                    overrides.enforces(policy.domain(), policy.published().mode(), net.instant())),
        ticker,
        Runnable::run,
        10,
        Duration.ofMinutes(1));
  }

  private Maintenance upkeep() {
    return new Maintenance(
        new Refresher(
            cache,
            noStore,
            lookups,
            new RefreshSchedule(1),
            new Refresher.Pace(Duration.ZERO, 1),
            Duration.ofMinutes(1),
            net,
            net.nanos::get),
        noStore,
        cache,
        net.nanos::get);
  }
}
