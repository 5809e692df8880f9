package io.github.mtasts.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.mtasts.JsonLines;
import io.github.mtasts.MxTlsSettings;
import io.github.mtasts.PolicyResolver;
import io.github.mtasts.Requirement;
import io.github.mtasts.Resolution;
import io.github.mtasts.TlsSession;
import io.github.mtasts.WhenUnavailable;
import io.github.mtasts.mail.DomainDelivery.Attempt;
import io.github.mtasts.mail.DomainDelivery.Disposition;
import io.github.mtasts.mail.DomainDelivery.Outcome;
import io.github.mtasts.policy.MxPattern;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.policy.ResultType;
import io.github.mtasts.testing.MxReaction;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.PolicyHosts;
import io.github.mtasts.testing.ReceivedMail;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.testing.TestCertificate;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.security.cert.CRLReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateRevokedException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The delivery cases, DANE and REQUIRETLS aside, as a program sends mail. */
@SuppressWarnings({"unchecked", "JavaUtilDate"}) // CertificateRevokedException wants a Date
final class DeliveryCasesTransportTest {
  private static final String CASES = "rfc8461/cases/delivery.jsonl";

  /** Rows with a test of their own below. */
  private static final Set<String> TOLD_BELOW =
      Set.of("deliv-013", "deliv-037", "deliv-040", "deliv-043", "deliv-046", "deliv-049");

  private static final String RECIPIENT = "bob@example.com";

  private final MailWorld world = new MailWorld();

  @AfterEach
  void stop() throws Exception {
    world.close();
  }

  /** Every row that is not told below, so a new row is a test or a failure at once. */
  static Stream<Map<String, Object>> rows() {
    return JsonLines.read(CASES).stream()
        .filter(row -> Set.of("sts", "traversal").contains(row.get("area")))
        .filter(row -> !TOLD_BELOW.contains(row.get("n")));
  }

  @Test
  void everyRowOfOtherAreasIsAboutDaneOrRequireTls() {
    assertThat(JsonLines.read(CASES))
        .extracting(row -> row.get("area"))
        .containsOnly("sts", "traversal", "dane", "requiretls");
    assertThat(rows()).hasSize(11);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  @Tag("rfc-item-71")
  @Tag("rfc-item-74")
  void delivers(Map<String, Object> row) throws Exception {
    Map<String, Object> given = map(row, "given");
    Map<String, Object> expect = map(row, "expect");
    String mx = String.valueOf(given.get("mx_host"));
    world.domain("example.com", mx).resolution(resolution(given));
    Server server = server(mx, given);

    DomainDelivery delivery = world.deliverToOne(RECIPIENT);

    boolean delivered = "deliver".equals(expect.get("decision"));
    assertThat(delivery.disposition())
        .as(delivery.detail())
        .isEqualTo(delivered ? Disposition.DELIVERED : Disposition.DEFERRED);
    assertThat(server.messages().get()).hasSize(delivered ? 1 : 0);
    assertThat(server.dialogue().get().stream().anyMatch(line -> line.startsWith("MAIL")))
        .as("MAIL FROM seen")
        .isEqualTo(delivered);
    if ("transient".equals(expect.get("failure"))) {
      assertThat(delivery.status()).startsWith("4.7.");
    }
    if (Boolean.TRUE.equals(expect.get("tls_required"))) {
      assertThat(delivery.requirement()).contains(Requirement.ENFORCED);
    }
    if (Boolean.TRUE.equals(expect.get("validated"))) {
      assertThat(server.messages().get()).allMatch(ReceivedMail::isOverTls);
      assertThat(world.sessions).extracting(TlsSession::failure).containsExactly(Optional.empty());
    }
    if (expect.containsKey("how")) {
      assertThat(server.messages().get()).noneMatch(ReceivedMail::isOverTls);
    }
    if (expect.containsKey("result_type")) {
      String type = String.valueOf(expect.get("result_type"));
      assertThat(world.sessions)
          .extracting(session -> session.failure().map(ResultType::label).orElse("none"))
          .containsExactly(type);
      if (!delivered) {
        assertThat(delivery.resultType().map(ResultType::label)).contains(type);
      }
    }
  }

  /** What is asked of either kind of host. */
  private record Server(Supplier<List<ReceivedMail>> messages, Supplier<List<String>> dialogue) {}

  private Server server(String mx, Map<String, Object> given) {
    if (given.containsKey("tls") || given.containsKey("tls_max")) {
      ScriptedMx faulty =
          world.mx(
              mx,
              ScriptedMx.script()
                  .on(
                      "STARTTLS",
                      MxReaction.say("220 go ahead"),
                      given.containsKey("tls_max")
                          ? MxReaction.tls10ServerHello()
                          : MxReaction.alert(40)));
      return new Server(faulty::messages, faulty::dialogue);
    }
    MxServer honest = world.mx(mx, certificate(String.valueOf(given.get("cert")), mx));
    return new Server(honest::messages, honest::dialogue);
  }

  @Test
  void deliversInClearWhereTheOperatorHasSetTheDomainAside() throws Exception {
    MxServer mx = world.mxWithoutTls("mail.example.com");
    world.domain("example.com", "mail.example.com").enforce("example.com", "mail.example.com");
    assertThat(world.deliverToOne(RECIPIENT).disposition()).isEqualTo(Disposition.DEFERRED);

    world.resolution(
        new Resolution.NoPolicy(
            "example.com",
            Resolution.Reason.OVERRIDDEN,
            "set aside by the operator",
            Optional.empty(),
            WhenUnavailable.PROCEED,
            world.settings()));

    assertThat(world.deliverToOne(RECIPIENT).disposition()).isEqualTo(Disposition.DELIVERED);
    assertThat(mx.messages()).hasSize(1);
  }

  @Test
  @Tag("rfc-item-77")
  @Tag("rfc-item-96")
  void skipsABetterMxThatDoesNotFit() throws Exception {
    MxServer mx1 = world.mx("mx1.example.invalid");
    world.mx("mx2.example.invalid");
    world
        .domain("example.com", "mx1.example.invalid", "mx2.example.invalid")
        .enforce("example.com", "mx2.example.invalid");

    DomainDelivery delivery = world.deliverToOne(RECIPIENT);

    assertThat(delivery.mxHost()).contains("mx2.example.invalid");
    assertThat(delivery.attempts())
        .extracting(Attempt::mxHost, Attempt::outcome)
        .containsExactly(
            tuple("mx1.example.invalid", Outcome.REFUSED),
            tuple("mx2.example.invalid", Outcome.DELIVERED));
    assertThat(mx1.dialogue()).as("not even dialled").isEmpty();
  }

  @Test
  @Tag("rfc-item-74")
  @Tag("rfc-item-77")
  void goesOnToTheSecondMxWhenTheFirstFailsItsCertificate() throws Exception {
    MxServer mx1 =
        world.mx(
            "mx1.example.com", MailWorld.CA.leaf().dnsNames("mx1.example.com").expired().issue());
    MxServer mx2 = world.mx("mx2.example.com");
    world
        .domain("example.com", "mx1.example.com", "mx2.example.com")
        .enforce("example.com", "*.example.com");

    assertThat(world.deliverToOne(RECIPIENT).mxHost()).contains("mx2.example.com");
    assertThat(mx1.dialogue()).noneMatch(line -> line.startsWith("MAIL"));
    assertThat(mx2.messages()).hasSize(1);
    assertThat(world.sessions)
        .extracting(TlsSession::failure)
        .containsExactly(Optional.of(ResultType.CERTIFICATE_EXPIRED), Optional.empty());
  }

  @Test
  @Tag("rfc-item-60")
  void asksForThePolicyOfTheNameBeforeItsAlias() throws Exception {
    MxServer mx = world.mx("mx.example.net");
    world.dns.cname("example.org", "hosted.example.net");
    world.domain("hosted.example.net", "mx.example.net");
    try (PolicyHosts hosts = PolicyHosts.start(MailWorld.CA);
        PolicyResolver resolver = resolver(hosts)) {
      publish(hosts, "hosted.example.net", "1", "other.example.net");

      assertThat(deliver(resolver, "bob@example.org").disposition())
          .isEqualTo(Disposition.DELIVERED);
    }
    assertThat(mx.messages()).hasSize(1);
    assertThat(world.dns.queryLog())
        .filteredOn(line -> line.startsWith("_mta-sts."))
        .containsExactly("_mta-sts.example.org TXT");
  }

  @Test
  @Tag("rfc-item-78")
  @Tag("rfc-item-79")
  void looksForANewPolicyBeforeItGivesUp() throws Exception {
    world.domain("example.com", "new.example.com");
    MxServer mx = world.mx("new.example.com");
    try (PolicyHosts hosts = PolicyHosts.start(MailWorld.CA);
        PolicyResolver resolver = resolver(hosts)) {
      publish(hosts, "example.com", "1", "old.example.com");
      assertThat(resolver.resolve("example.com").policy()).isPresent();
      world.dns.remove("_mta-sts.example.com");
      publish(hosts, "example.com", "2", "new.example.com");

      DomainDelivery delivery = deliver(resolver, RECIPIENT);

      assertThat(delivery.attempts())
          .extracting(Attempt::outcome)
          .containsExactly(Outcome.REFUSED, Outcome.DELIVERED);
    }
    assertThat(mx.messages()).hasSize(1);
  }

  @Test
  @Tag("rfc-item-57")
  void aPolicyTightensASmartHostRoute() throws Exception {
    MxServer relay = world.mx("smtp.example.net", MailWorld.CA.issue("other.example.net"));
    world.properties.setProperty("mail.mta-sts.route", "[smtp.example.net]:" + world.port());
    assertThat(world.deliverToOne(RECIPIENT).disposition()).isEqualTo(Disposition.DELIVERED);

    world.enforce("smtp.example.net", "smtp.example.net");

    DomainDelivery delivery = world.deliverToOne(RECIPIENT);
    assertThat(delivery.disposition()).isEqualTo(Disposition.DEFERRED);
    assertThat(delivery.resultType()).contains(ResultType.CERTIFICATE_HOST_MISMATCH);
    assertThat(relay.messages()).as("the one before the policy").hasSize(1);
  }

  private PolicyResolver resolver(PolicyHosts hosts) {
    return PolicyResolver.builder()
        .dnsServers(world.dns.address())
        .policyHostPort(hosts.port())
        .policyHostTrust(MailWorld.CA.trustManager())
        .mxHostTrust(MailWorld.CA.trustManager())
        .allowPolicyHostAddresses("127.0.0.0/8")
        .build();
  }

  private void publish(PolicyHosts hosts, String domain, String id, String mx) {
    world.dns.txt("_mta-sts." + domain, "v=STSv1; id=" + id + ";");
    world.dns.a("mta-sts." + domain, hosts.address().getHostAddress());
    hosts.publish(domain, "version: STSv1\nmode: enforce\nmx: " + mx + "\nmax_age: 604800\n");
  }

  private DomainDelivery deliver(PolicyResolver resolver, String recipient)
      throws MessagingException {
    Session session = Session.getInstance(world.properties);
    MimeMessage message = MailWorld.message(session, "Good morning.", recipient);
    try (MtaStsTransport transport = new MtaStsTransport(session, resolver)) {
      transport.connect();
      return transport.deliver(message, message.getAllRecipients()).get(0);
    }
  }

  private Resolution resolution(Map<String, Object> given) {
    Map<String, Object> policy = (Map<String, Object>) given.get("policy");
    if (policy == null) {
      return Resolution.none("example.com");
    }
    List<String> mx = (List<String>) Objects.requireNonNull(policy.get("mx"));
    String mode = String.valueOf(policy.get("mode")).toUpperCase(Locale.ROOT);
    boolean revoked = "revoked (if checked)".equals(given.get("cert"));
    return Resolution.inForce(
        "example.com",
        new Policy(
            PolicyMode.valueOf(mode),
            mx.stream().map(MxPattern::of).toList(),
            Duration.ofDays(7),
            Map.of(),
            String.join(",", mx),
            List.of()),
        revoked ? withTrust(revoking()) : world.settings());
  }

  private MxTlsSettings withTrust(X509TrustManager anchors) {
    MxTlsSettings usual = world.settings();
    return new MxTlsSettings(Optional.of(anchors), Optional.empty(), usual.listener());
  }

  /** A trust manager of the caller's that checks revocation, and finds it. RFC 8461 §4.2 */
  private static X509TrustManager revoking() {
    return new X509TrustManager() {
      @Override
      public void checkServerTrusted(X509Certificate[] chain, String authType)
          throws CertificateException {
        throw new CertificateException(
            new CertificateRevokedException(
                Date.from(Instant.EPOCH),
                CRLReason.KEY_COMPROMISE,
                chain[0].getIssuerX500Principal(),
                Map.of()));
      }

      @Override
      public void checkClientTrusted(X509Certificate[] chain, String authType) {}

      @Override
      public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
      }
    };
  }

  private static TestCertificate certificate(String kind, String mx) {
    TestCa ca = MailWorld.CA;
    return switch (kind) {
      case "ok", "revoked (if checked)" -> ca.issue(mx);
      case "untrusted" -> TestCa.create().issue(mx);
      case "not-yet-valid" -> ca.leaf().dnsNames(mx).notYetValid().issue();
      case "incomplete-chain" -> ca.leaf().dnsNames(mx).withMissingIntermediate().issue();
      case "partial-wildcard" -> ca.issue("ma*.example.com");
      case "SAN example.com" -> ca.issue("example.com");
      default -> throw new IllegalArgumentException("certificate of a new kind: " + kind);
    };
  }

  private static Map<String, Object> map(Map<String, Object> row, String key) {
    return (Map<String, Object>) Objects.requireNonNull(row.get(key), key);
  }
}
