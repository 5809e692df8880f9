// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.mail;

import static io.github.mtasts.policy.PolicyMode.ENFORCE;
import static io.github.mtasts.testing.TestInternet.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.decision.Suspicion;
import io.github.mtasts.decision.TlsSession;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.testing.InMemoryPolicyStore;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestDns;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A policy that has blocked a delivery is not lost before the delivery ends. */
final class PolicyKeptDuringDeliveryTest {
  private static final String RECORD = "_mta-sts.example.com";

  private final MailFixture fixture = new MailFixture();

  @AfterEach
  void stop() throws Exception {
    fixture.close();
  }

  @ParameterizedTest
  @EnumSource(value = Resolution.Reason.class, mode = EnumSource.Mode.EXCLUDE, names = "OVERRIDDEN")
  @Tag("rfc-item-78")
  void sendsNothingInClearIfARecheckFindsNoPolicy(Resolution.Reason reason) throws Exception {
    MxServer mx = fixture.mxWithoutTls("mx1.example.com");
    fixture
        .domain("example.com", "mx1.example.com")
        .enforce("example.com", "mx1.example.com")
        .afterRecheck(
            new Resolution.NoPolicy(
                "example.com", reason, "for a test", Optional.empty(), fixture.settings()));

    assertBlocked(fixture.deliverToOne("bob@example.com"), mx);
    assertThat(fixture.rechecks).containsExactly("example.com");
  }

  @Test
  @Tag("rfc-item-78")
  void sendsInClearIfTheOperatorSkipsThePolicyMeanwhile() throws Exception {
    MxServer mx = fixture.mxWithoutTls("mx1.example.com");
    fixture
        .domain("example.com", "mx1.example.com")
        .enforce("example.com", "mx1.example.com")
        .afterRecheck(
            new Resolution.NoPolicy(
                "example.com",
                Resolution.Reason.OVERRIDDEN,
                "for a test",
                Optional.empty(),
                fixture.settings()));

    assertThat(fixture.deliverToOne("bob@example.com").disposition())
        .isEqualTo(Disposition.DELIVERED);
    assertThat(mx.messages()).hasSize(1);
  }

  @Test
  void sendsNothingInClearIfThePolicyIsPurgedAndItsRecordStrippedMeanwhile() throws Exception {
    MxServer mx = protectedHostWithoutTls();
    try (PolicyResolver resolver = fixture.internet().resolver().build()) {
      DomainDelivery delivery =
          deliver(
              resolver,
              real -> {
                real.cache().purge("example.com");
                fixture.dns.remove(RECORD);
                return real.recheck("example.com");
              });

      assertBlocked(delivery, mx);
      assertThat(resolver.resolve("example.com")).isInstanceOf(Resolution.NoPolicy.class);
    }
  }

  @Test
  void sendsNothingInClearIfThePolicyIsPurgedDuringTheRecheck() throws Exception {
    MxServer mx = protectedHostWithoutTls();
    try (PolicyResolver resolver = fixture.internet().resolver().build()) {
      DomainDelivery delivery =
          deliver(
              resolver,
              real -> {
                fixture.dns.hold(RECORD);
                CompletableFuture<Resolution> waiting = real.recheckAsync("example.com");
                real.cache().purge("example.com");
                fixture.dns.release(RECORD);
                return waiting.join();
              });

      assertBlocked(delivery, mx);
      assertThat(resolver.resolve("example.com").decide("mx1.example.com").isListed()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({"SERVFAIL", "SILENT"})
  void sendsNothingInClearIfThePolicyIsPurgedAndDnsSilencedMeanwhile(TestDns.Fault fault)
      throws Exception {
    MxServer mx = protectedHostWithoutTls();
    try (PolicyResolver resolver =
        fixture.internet().resolver().dnsDeadline(Duration.ofSeconds(1)).build()) {
      DomainDelivery delivery =
          deliver(
              resolver,
              real -> {
                real.cache().purge("example.com");
                fixture.dns.fault(RECORD, fault);
                return real.recheck("example.com");
              });

      assertBlocked(delivery, mx);
    }
  }

  @Test
  void bouncesNothingForAForgedAnswerWhileTheResolverIsBusy() throws Exception {
    InMemoryPolicyStore store = new InMemoryPolicyStore();
    Instant now = fixture.internet().clock().instant();
    store.save(
        new StoredPolicy(
            "example.com",
            "1",
            policy(ENFORCE, "mx1.example.com"),
            PolicyMode.ENFORCE,
            now,
            now.plus(Duration.ofDays(7)),
            now,
            Optional.empty()),
        now);
    fixture.dns.fault("_mta-sts.slow.example", TestDns.Fault.SILENT);
    try (PolicyResolver resolver =
        fixture.internet().resolver().store(store).concurrentLookups(1).build()) {
      var unused = resolver.resolveAsync("slow.example"); // the only one allowed at a time

      DomainDelivery delivery = deliver(resolver, real -> real.recheck("example.com"));

      assertThat(delivery.disposition()).as(delivery.detail()).isEqualTo(Disposition.DEFERRED);
      assertThat(delivery.status()).startsWith("4.");
    }
  }

  @Test
  @Tag("rfc-item-83")
  void countsARefusedHostOnceForEachDelivery() throws Exception {
    fixture
        .domain("example.com", "evil.example", "mx1.example.com")
        .enforce("example.com", "old.example.com")
        .afterRecheck("example.com", "mx1.example.com");
    fixture.mx("mx1.example.com");

    assertThat(fixture.deliverToOne("bob@example.com").disposition())
        .isEqualTo(Disposition.DELIVERED);

    Optional<ResultType> refused = Optional.of(ResultType.VALIDATION_FAILURE);
    assertThat(fixture.sessions)
        .extracting(session -> session.decision().mxHost(), TlsSession::failure)
        .as("evil.example is refused under both policies")
        .containsExactly(
            tuple("evil.example", refused),
            tuple("mx1.example.com", refused),
            tuple("mx1.example.com", Optional.empty()));
    assertThat(fixture.suspicions)
        .containsExactly(Suspicion.MX_NOT_LISTED, Suspicion.MX_NOT_LISTED);

    fixture.sessions.clear();
    fixture.deliverToOne("bob@example.com");
    assertThat(fixture.sessions)
        .extracting(session -> session.decision().mxHost())
        .containsExactlyInAnyOrder("evil.example", "mx1.example.com");
  }

  @Test
  void aHostThatIsNotListedInTestingIsCountedOnce() throws Exception {
    fixture.domain("example.com", "evil.example").testing("example.com", "mx1.example.com");
    fixture.mx("evil.example");

    fixture.deliverToOne("bob@example.com");

    assertThat(fixture.sessions).hasSize(1);
    assertThat(fixture.suspicions).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "INJECTED_AFTER_220,   ENFORCE, true",
    "INJECTED_AFTER_220,   TESTING, true",
    "INJECTED_AFTER_220,   NONE,    false",
    "PLAIN_TEXT_AFTER_220, ENFORCE, true",
    "OTHER_NAME,           ENFORCE, false",
    "NO_COMMON_VERSION,    ENFORCE, false",
    "STARTTLS_454,         ENFORCE, false",
    "END_AFTER_220,        ENFORCE, false",
    "STARTTLS_TWICE,       ENFORCE, false",
  })
  void textInClearAfterTheReplyToStartTlsIsSuspicious(
      MxFault fault, PolicyMode mode, boolean expected) throws Exception {
    ScriptedMx mx = fixture.mx("mx1.example.com", fault.script("mx1.example.com"));
    fixture.domain("example.com", "mx1.example.com");
    if (mode == ENFORCE) {
      fixture.enforce("example.com", "mx1.example.com");
    } else if (mode == PolicyMode.TESTING) {
      fixture.testing("example.com", "mx1.example.com");
    }

    fixture.deliverToOne("bob@example.com");

    assertThat(mx.dialogue()).contains("STARTTLS");
    assertThat(fixture.suspicions.contains(Suspicion.STARTTLS_INJECTION)).isEqualTo(expected);
  }

  private static void assertBlocked(DomainDelivery delivery, MxServer mx) {
    assertThat(delivery.disposition()).as(delivery.detail()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.status()).isEqualTo("4.7.4");
    assertThat(mx.messages()).isEmpty();
    assertThat(mx.dialogue()).noneMatch(line -> line.startsWith("MAIL"));
  }

  private MxServer protectedHostWithoutTls() {
    fixture
        .domain("example.com", "mx1.example.com")
        .internet()
        .publish("example.com", policy(ENFORCE, "mx1.example.com"));
    return fixture.mxWithoutTls("mx1.example.com");
  }

  /** Delivers, with something happening right before the recheck. */
  private DomainDelivery deliver(
      PolicyResolver resolver, Function<PolicyResolver, Resolution> recheck) throws Exception {
    Session session = Session.getInstance(fixture.properties);
    MimeMessage message = MailFixture.message(session, "Secret.", "bob@example.com");
    try (MtaStsTransport transport =
        new MtaStsTransport(session, new Interfered(resolver, recheck))) {
      transport.connect();
      return transport.deliver(message, message.getAllRecipients()).get(0);
    }
  }

  private record Interfered(PolicyResolver real, Function<PolicyResolver, Resolution> recheck)
      implements PolicyResolver {
    @Override
    public Resolution resolve(String domain) {
      return real.resolve(domain);
    }

    @Override
    public Resolution recheck(String domain) {
      return recheck.apply(real);
    }
  }
}
