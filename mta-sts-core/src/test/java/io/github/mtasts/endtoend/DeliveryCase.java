package io.github.mtasts.endtoend;

import io.github.mtasts.JsonLines;
import io.github.mtasts.decision.MxTlsSettings;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicySyntaxException;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.testing.MxReaction;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.testing.TestCertificate;
import java.nio.charset.StandardCharsets;
import java.security.cert.CRLReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateRevokedException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.X509TrustManager;

/** A row of the delivery cases: what is given, as servers and policies, and what is expected. */
@SuppressWarnings({"unchecked", "JavaUtilDate"}) // CertificateRevokedException wants a Date
public final class DeliveryCase {
  /** Rows that whoever runs the others tells by tests of their own. */
  private static final Set<String> TOLD_APART =
      Set.of("deliv-013", "deliv-037", "deliv-040", "deliv-043", "deliv-046", "deliv-049");

  private final Map<String, Object> row;
  private final Map<String, Object> given;
  private final Map<String, Object> expect;

  private DeliveryCase(Map<String, Object> row) {
    this.row = row;
    this.given = (Map<String, Object>) Objects.requireNonNull(row.get("given"));
    this.expect = (Map<String, Object>) Objects.requireNonNull(row.get("expect"));
  }

  /** Every row. */
  public static Stream<DeliveryCase> all() {
    return JsonLines.read("rfc8461/cases/delivery.jsonl").stream().map(DeliveryCase::new);
  }

  /**
   * The rows about one MX host under MTA-STS: a new one is a test at once, or a failure.
   *
   * @return all but those of DANE and REQUIRETLS, and those with tests of their own
   */
  public static Stream<DeliveryCase> withOneMxHost() {
    return all()
        .filter(row -> Set.of("sts", "traversal").contains(row.area()))
        .filter(row -> !TOLD_APART.contains(text(row.row, "n")));
  }

  /** What the row is about. */
  public String area() {
    return text(row, "area");
  }

  /** The one MX host. */
  public String mxHost() {
    return text(given, "mx_host");
  }

  /** What is known of the policy of example.com, under these settings or a stricter trust. */
  public Resolution resolution(MxTlsSettings settings) throws PolicySyntaxException {
    Map<String, Object> policy = (Map<String, Object>) given.get("policy");
    if (policy == null) {
      return Resolution.none("example.com");
    }
    boolean isRevoked = text(given, "cert").equals("revoked (if checked)");
    return Resolution.inForce(
        "example.com",
        policy(text(policy, "mode"), (List<String>) Objects.requireNonNull(policy.get("mx"))),
        isRevoked
            ? new MxTlsSettings(Optional.of(revoking()), Optional.empty(), settings.listener())
            : settings);
  }

  /** A policy as it is published. */
  public static Policy policy(String mode, List<String> mx) throws PolicySyntaxException {
    String text =
        "version: STSv1\nmode: "
            + mode
            + "\nmx: "
            + String.join("\nmx: ", mx)
            + "\nmax_age: 604800\n";
    return Policy.parse(text.getBytes(StandardCharsets.US_ASCII), Reading.STRICT);
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

  /** How the host breaks TLS; empty where it has a {@link #certificate}. */
  public Optional<ScriptedMx.Script> brokenTls() {
    if (!given.containsKey("tls") && !given.containsKey("tls_max")) {
      return Optional.empty();
    }
    return Optional.of(
        ScriptedMx.script()
            .on(
                "STARTTLS",
                MxReaction.say("220 go ahead"),
                given.containsKey("tls_max")
                    ? MxReaction.tls10ServerHello()
                    : MxReaction.alert(40)));
  }

  /** What the host shows where senders trust that CA. */
  public TestCertificate certificate(TestCa ca) {
    String mx = mxHost();
    return switch (text(given, "cert")) {
      case "ok", "revoked (if checked)" -> ca.issue(mx);
      case "untrusted" -> TestCa.create().issue(mx);
      case "not-yet-valid" -> ca.leaf().dnsNames(mx).notYetValid().issue();
      case "incomplete-chain" -> ca.leaf().dnsNames(mx).withMissingIntermediate().issue();
      case "partial-wildcard" -> ca.issue("ma*.example.com");
      case "SAN example.com" -> ca.issue("example.com");
      default -> throw new IllegalArgumentException("certificate of a new kind: " + this);
    };
  }

  /** Whether the message arrives. */
  public boolean isDelivered() {
    return "deliver".equals(expect.get("decision"));
  }

  /** Whether a failure is for now. */
  public boolean isTransient() {
    return "transient".equals(expect.get("failure"));
  }

  /** Whether the policy is to enforce TLS. */
  public boolean isTlsRequired() {
    return Boolean.TRUE.equals(expect.get("tls_required"));
  }

  /** Whether the certificate stands. */
  public boolean isValidated() {
    return Boolean.TRUE.equals(expect.get("validated"));
  }

  /** Whether it goes in clear, or over TLS with anybody. */
  public boolean isInClear() {
    return expect.containsKey("how");
  }

  /** What a report calls the failure. RFC 8460 §4.3 */
  public Optional<String> resultType() {
    return Optional.ofNullable(expect.get("result_type")).map(String::valueOf);
  }

  private static String text(Map<String, Object> object, String member) {
    return String.valueOf(object.get(member));
  }

  @Override
  public String toString() {
    return text(row, "n") + ": " + text(row, "case");
  }
}
