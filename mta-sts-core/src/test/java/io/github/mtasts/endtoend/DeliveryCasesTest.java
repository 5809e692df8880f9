package io.github.mtasts.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.JsonLines;
import io.github.mtasts.MxTlsSettings;
import io.github.mtasts.PolicyResolver;
import io.github.mtasts.Requirement;
import io.github.mtasts.Resolution;
import io.github.mtasts.ResolverListener;
import io.github.mtasts.TlsSession;
import io.github.mtasts.mail.MailProperties;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicySyntaxException;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.policy.ResultType;
import io.github.mtasts.testing.MxReaction;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.testing.TestCertificate;
import io.github.mtasts.tls.MxTls;
import io.github.mtasts.tls.TlsVerdict;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.CRLReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateRevokedException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The delivery cases, DANE and REQUIRETLS aside: real SMTP, real certificates. */
@SuppressWarnings({"unchecked", "JavaUtilDate"}) // CertificateRevokedException wants a Date
final class DeliveryCasesTest {
  /** Rows with one MX host, driven by their data. */
  private static final Set<String> ROWS =
      Set.of(
          "deliv-001",
          "deliv-004",
          "deliv-007",
          "deliv-010",
          "deliv-016",
          "deliv-019",
          "deliv-022",
          "deliv-025",
          "deliv-028",
          "deliv-031",
          "deliv-034");

  /** Rows with a test of their own below. */
  private static final Set<String> TOLD_BELOW =
      Set.of("deliv-037", "deliv-040", "deliv-043", "deliv-046", "deliv-049");

  /** Local overrides come with the operators' tools. */
  private static final Set<String> NOT_APPLICABLE_YET = Set.of("deliv-013");

  private final TestCa ca = TestCa.create();
  private final List<TlsSession> sessions = new ArrayList<>();

  static Stream<Map<String, Object>> rows() {
    return JsonLines.read("rfc8461/cases/delivery.jsonl").stream()
        .filter(row -> ROWS.contains(row.get("n")));
  }

  @Test
  void everyRowHasATest() {
    assertThat(JsonLines.read("rfc8461/cases/delivery.jsonl"))
        .filteredOn(row -> Set.of("sts", "traversal").contains(row.get("area")))
        .extracting(row -> row.get("n"))
        .allMatch(
            n -> ROWS.contains(n) || TOLD_BELOW.contains(n) || NOT_APPLICABLE_YET.contains(n));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void delivers(Map<String, Object> row) throws Exception {
    Map<String, Object> given = map(row, "given");
    Map<String, Object> expect = map(row, "expect");
    String mx = String.valueOf(given.get("mx_host"));
    Resolution resolution = resolution((Map<String, Object>) given.get("policy"), given);

    try (ScriptedMx faulty = faulty(given);
        MxServer honest = MxServer.start(certificate(String.valueOf(given.get("cert")), mx))) {
      boolean broken = given.containsKey("tls") || given.containsKey("tls_max");
      InetSocketAddress address = broken ? faulty.address() : honest.address();
      MiniMailer mailer = new MiniMailer(Map.of(mx, address));
      boolean delivered = mailer.send(resolution, List.of(mx)).isPresent();
      List<String> dialogue = broken ? faulty.dialogue() : honest.dialogue();

      assertThat(delivered).isEqualTo("deliver".equals(expect.get("decision")));
      assertThat(dialogue.stream().anyMatch(line -> line.startsWith("MAIL")))
          .as("MAIL FROM seen")
          .isEqualTo(delivered);
      if (Boolean.TRUE.equals(expect.get("validated"))) {
        assertThat(mailer.verdicts()).hasSize(1).first().isInstanceOf(TlsVerdict.Trusted.class);
        assertThat(sessions).extracting(TlsSession::failure).containsExactly(Optional.empty());
      }
      if (Boolean.TRUE.equals(expect.get("tls_required"))) {
        assertThat(resolution.decide(mx).requirement()).isEqualTo(Requirement.ENFORCED);
      }
      if (expect.containsKey("result_type")) {
        assertThat(sessions)
            .extracting(session -> session.failure().map(ResultType::label).orElse("none"))
            .containsExactly(String.valueOf(expect.get("result_type")));
      }
    }
  }

  @Test
  @Tag("rfc-item-77")
  @Tag("rfc-item-96")
  void skipsABetterMxThatDoesNotFit() throws Exception {
    Resolution resolution = inForce("enforce", List.of("mx2.example.invalid"), settings(ca));
    try (MxServer mx1 = MxServer.start(ca.issue("mx1.example.invalid"));
        MxServer mx2 = MxServer.start(ca.issue("mx2.example.invalid"))) {
      MiniMailer mailer =
          new MiniMailer(
              Map.of("mx1.example.invalid", mx1.address(), "mx2.example.invalid", mx2.address()));

      assertThat(mailer.send(resolution, List.of("mx1.example.invalid", "mx2.example.invalid")))
          .contains("mx2.example.invalid");
      assertThat(mx1.dialogue()).as("not even dialled").isEmpty();
    }
  }

  @Test
  @Tag("rfc-item-74")
  @Tag("rfc-item-77")
  void goesOnToTheSecondMxWhenTheFirstFailsItsCertificate() throws Exception {
    Resolution resolution = inForce("enforce", List.of("*.example.com"), settings(ca));
    try (MxServer mx1 = MxServer.start(ca.leaf().dnsNames("mx1.example.com").expired().issue());
        MxServer mx2 = MxServer.start(ca.issue("mx2.example.com"))) {
      MiniMailer mailer =
          new MiniMailer(
              Map.of("mx1.example.com", mx1.address(), "mx2.example.com", mx2.address()));

      assertThat(mailer.send(resolution, List.of("mx1.example.com", "mx2.example.com")))
          .contains("mx2.example.com");
      assertThat(sessions)
          .extracting(TlsSession::failure)
          .containsExactly(Optional.of(ResultType.CERTIFICATE_EXPIRED), Optional.empty());
      assertThat(mx1.dialogue()).noneMatch(line -> line.startsWith("MAIL"));
    }
  }

  @Test
  @Tag("rfc-item-60")
  void asksForThePolicyOfTheNameBeforeItsAlias() throws Exception {
    try (SmallInternet net = new SmallInternet();
        PolicyResolver resolver = net.sender().build()) {
      net.dns.cname("example.org", "hosted.example.net").mx("hosted.example.net", 10, "mx.example");
      resolver.resolve("example.org");

      assertThat(net.dns.queryLog()).containsExactly("_mta-sts.example.org TXT");
    }
  }

  @Test
  @Tag("rfc-item-78")
  @Tag("rfc-item-79")
  void looksForANewPolicyBeforeItGivesUp() throws Exception {
    try (SmallInternet net = new SmallInternet();
        PolicyResolver resolver = net.sender().build();
        MxServer mx = MxServer.start(net.ca.issue("new.example.com"))) {
      net.publish("example.com", "1", SmallInternet.enforce("old.example.com"));
      MiniMailer mailer = new MiniMailer(Map.of("new.example.com", mx.address()));
      assertThat(resolver.resolve("example.com").policy()).isPresent();
      net.dns.remove("_mta-sts.example.com");
      net.publish("example.com", "2", SmallInternet.enforce("new.example.com"));

      assertThat(mailer.send(resolver.resolve("example.com"), List.of("new.example.com")))
          .isEmpty();
      assertThat(mailer.send(resolver.recheck("example.com"), List.of("new.example.com")))
          .contains("new.example.com");
      assertThat(mx.messages()).hasSize(1);
    }
  }

  @Test
  void aPolicyTightensASmartHostRoute() throws Exception {
    Resolution resolution =
        Resolution.inForce(
            "smtp.example.net", policy("enforce", List.of("smtp.example.net")), settings(ca));
    try (MxTls tls = MxTls.forDecision(resolution.decide("smtp.example.net"))) {
      assertThat(MailProperties.secure(tls))
          .containsEntry("mail.smtp.starttls.enable", "true")
          .containsEntry("mail.smtp.starttls.required", "true")
          .containsKey("mail.smtp.ssl.socketFactory");
    }
  }

  private Resolution resolution(@Nullable Map<String, Object> policy, Map<String, Object> given)
      throws PolicySyntaxException {
    if (policy == null) {
      return Resolution.none("example.com");
    }
    boolean revoked = "revoked (if checked)".equals(given.get("cert"));
    return inForce(
        String.valueOf(policy.get("mode")),
        (List<String>) Objects.requireNonNull(policy.get("mx")),
        revoked ? settings(revoking()) : settings(ca));
  }

  private static Resolution inForce(String mode, List<String> mx, MxTlsSettings settings)
      throws PolicySyntaxException {
    return Resolution.inForce("example.com", policy(mode, mx), settings);
  }

  private static Policy policy(String mode, List<String> mx) throws PolicySyntaxException {
    String text =
        "version: STSv1\nmode: " + mode + "\nmx: " + String.join("\nmx: ", mx) + "\nmax_age: 9\n";
    return Policy.parse(text.getBytes(StandardCharsets.US_ASCII), Reading.STRICT);
  }

  private MxTlsSettings settings(TestCa anchors) {
    return settings(anchors.trustManager());
  }

  private MxTlsSettings settings(X509TrustManager anchors) {
    return new MxTlsSettings(
        Optional.of(anchors),
        Optional.empty(),
        new ResolverListener() {
          @Override
          public void tlsSessionEnded(TlsSession session) {
            sessions.add(session);
          }
        });
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

  private TestCertificate certificate(String kind, String mx) {
    return switch (kind) {
      case "untrusted" -> TestCa.create().issue(mx);
      case "not-yet-valid" -> ca.leaf().dnsNames(mx).notYetValid().issue();
      case "incomplete-chain" -> ca.leaf().dnsNames(mx).withMissingIntermediate().issue();
      case "partial-wildcard" -> ca.issue("ma*.example.com");
      case "SAN example.com" -> ca.issue("example.com");
      default -> ca.issue(mx);
    };
  }

  /** An MX whose TLS cannot be used. */
  private static ScriptedMx faulty(Map<String, Object> given) throws IOException {
    return ScriptedMx.script()
        .on(
            "STARTTLS",
            MxReaction.say("220 go ahead"),
            given.containsKey("tls_max") ? MxReaction.tls10ServerHello() : MxReaction.alert(40))
        .start();
  }

  private static Map<String, Object> map(Map<String, Object> row, String key) {
    return (Map<String, Object>) Objects.requireNonNull(row.get(key), key);
  }
}
