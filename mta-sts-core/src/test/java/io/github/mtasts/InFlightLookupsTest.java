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
import io.github.mtasts.decision.Resolution.NoPolicy;
import io.github.mtasts.decision.WhenUnavailable;
import io.github.mtasts.discovery.record.DiscoveredRecord;
import io.github.mtasts.overrides.OverrideTable;
import io.github.mtasts.policy.DomainName;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.refresh.Maintenance;
import io.github.mtasts.refresh.RefreshSchedule;
import io.github.mtasts.refresh.Refresher;
import io.github.mtasts.resolver.FleetFetch;
import io.github.mtasts.resolver.InFlightLookups;
import io.github.mtasts.resolver.LookupFlow;
import io.github.mtasts.stored.StoreGateway;
import io.github.mtasts.stored.StoreMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** The corners of a flight that a resolver reaches only by a race or after minutes. */
final class InFlightLookupsTest {
  private static final DomainName DOMAIN = DomainName.of("example.com");

  private final FakeInternet net =
      new FakeInternet()
          .txt("example.com", 300, "v=STSv1; id=1;")
          .enforce("example.com", 604_800, "mx.example.com");
  private final PolicyCache<CacheEntry> memory = new PolicyCache<>(10, 10, 10, CacheEntry::octets);
  private OverrideTable overrides = OverrideTable.EMPTY;
  private final TtlBounds lifetimes =
      new TtlBounds(Duration.ZERO, Duration.ofHours(1), Duration.ZERO, Duration.ofHours(1));
  private final StoreGateway noArchive =
      new StoreGateway(
          null,
          new StoreMapper(Reading.TOLERANT, lifetimes, MxTlsSettings.DEFAULT, net, net.nanos::get),
          net,
          "test");
  private final LookupFlow flow =
      new LookupFlow(
          net,
          noArchive,
          new FleetFetch(net, noArchive, Duration.ofMinutes(1), Runnable::run),
          lifetimes,
          new BackOff.Schedule(Duration.ofMinutes(5), Duration.ofHours(1), new Random(1)),
          WhenUnavailable.PROCEED,
          MxTlsSettings.DEFAULT,
          net,
          net.nanos::get,
          Runnable::run);
  private final InFlightLookups flights = flights(net.nanos::get);

  @Test
  void whoComesJustAfterALandingMakesNoWalkOfHisOwn() {
    Resolution first = flights.look(DOMAIN).join();
    Resolution second = flights.look(DOMAIN).join();

    assertThat(first.policy()).isPresent();
    assertThat(second.policy()).isEqualTo(first.policy());
    assertThat(net.questions).hasValue(1);
    assertThat(flights.recheck(DOMAIN).join().policy()).isPresent();
    assertThat(net.questions).as("a recheck is never content with memory").hasValue(2);
  }

  @Test
  void whatIsRememberedWeighsAboutWhatItsTextsDo() {
    Policy policy = flights.look(DOMAIN).join().policy().orElseThrow();
    NoPolicy none = (NoPolicy) flights.look(DomainName.of("none.example")).join();

    assertThat(memory.get("example.com"))
        .returns(200 + 2 * policy.text().length() + 64, CacheEntry::octets);
    assertThat(memory.get("none.example"))
        .returns(200 + 2 * none.detail().length(), CacheEntry::octets);
  }

  @Test
  void whatTheOperatorEnforcesIsKeptWithPoliciesInEnforceFromTheNextLookOn() {
    net.policy("example.com", FakeInternet.text("testing", 604_800, "mx.example.com"));
    var unused = flights.look(DOMAIN).join();
    assertThat(memory.size(CacheTier.OTHER_POLICY)).isEqualTo(1);
    overrides = OverrideTable.of(List.of(enforced(".com")));
    net.pass(300);
    unused = flights.look(DOMAIN).join();

    assertThat(memory.size(CacheTier.ENFORCE)).isEqualTo(1);
    assertThat(memory.size(CacheTier.OTHER_POLICY)).isZero();

    overrides = OverrideTable.EMPTY;
    net.pass(300);
    unused = flights.look(DOMAIN).join();
    assertThat(memory.size(CacheTier.ENFORCE)).isZero();
  }

  @Test
  void whatTheOperatorTreatsAsTestingStaysWithPoliciesInEnforce() {
    overrides =
        OverrideTable.of(
            List.of(
                PolicyOverride.treatAsTesting("example.com")
                    .by("alice")
                    .because("x")
                    .withoutEnd()));
    var unused = flights.look(DOMAIN).join();

    assertThat(memory.size(CacheTier.ENFORCE)).isEqualTo(1);
  }

  private static PolicyOverride enforced(String place) {
    return PolicyOverride.enforce(place).by("alice").because("agreed upon").withoutEnd();
  }

  @Test
  void whoComesWhenTheAnswerHasGoneStaleWalks() {
    Resolution first = flights.look(DOMAIN).join();
    net.pass(300);
    Resolution second = flights.look(DOMAIN).join();

    assertThat(second.policy()).isEqualTo(first.policy());
    assertThat(net.questions).hasValue(2);
  }

  @Test
  void theCallersPatienceEndsEvenIfAWalkDoesNot() {
    net.silentDns("example.com");
    AtomicInteger closings = new AtomicInteger();
    PolicyResolver resolver =
        new CachingPolicyResolver(
            memory,
            noArchive,
            unavailable -> flights,
            net,
            net.nanos::get,
            Duration.ofMillis(1),
            MxTlsSettings.DEFAULT,
            WhenUnavailable.PROCEED,
            noUpkeep -> upkeep(),
            closings::incrementAndGet);

    NoPolicy tooLate = (NoPolicy) resolver.resolve("example.com");

    assertThat(tooLate.reason()).isEqualTo(Resolution.Reason.DNS_UNAVAILABLE);
    assertThat(tooLate.detail()).contains("no outcome within");
    resolver.close();
    assertThat(closings).hasValue(1);
  }

  @Test
  void whoAsksAsSoonAsADomainIsPurgedDoesNotBringItBack() {
    net.txt(DOMAIN.value(), 60, "v=STSv1; id=1;").enforce(DOMAIN.value(), 604_800, "mx.example");
    flights.look(DOMAIN).join();
    net.pass(60);
    CompletableFuture<DiscoveredRecord> slow = net.slowDns(DOMAIN.value());
    var departed = flights.look(DOMAIN).thenCompose(purged -> flights.look(DOMAIN));
    net.dnsDown(DOMAIN.value());

    assertThat(flights.forget(DOMAIN.value())).isTrue();
    slow.complete(net.recordOf(DOMAIN.value()));

    assertThat(departed.join().policy()).isEmpty();
  }

  @Test
  void whoComesWhileItIsClosedDoesNotDepart() {
    List<InFlightLookups> closing = new ArrayList<>();
    closing.add(
        flights(
            () -> { // asked for a time of departure, when it seemed to be open
              closing.get(0).close();
              return net.nanos.get();
            }));

    assertThat(closing.get(0).look(DOMAIN).join().policy()).isEmpty();
    assertThat(net.questions).hasValue(0);
  }

  private InFlightLookups flights(LongSupplier ticker) {
    return new InFlightLookups(
        flow,
        memory,
        entry ->
            CacheTier.of(
                entry,
                policy ->
                    overrides.isEnforced(
                        policy.domain(), policy.published().mode(), net.instant())),
        ticker,
        Runnable::run,
        10,
        Duration.ofMinutes(1),
        (domain, why) -> Resolution.none(domain));
  }

  private Maintenance upkeep() {
    return new Maintenance(
        new Refresher(
            memory,
            noArchive,
            flights,
            host -> CompletableFuture.completedFuture(List.of()),
            new RefreshSchedule(1),
            new Refresher.Pace(Duration.ZERO, 1),
            Duration.ofMinutes(1),
            net,
            net.nanos::get,
            Runnable::run),
        noArchive,
        () -> {},
        net.nanos::get);
  }
}
