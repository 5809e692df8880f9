// SPDX-License-Identifier: Apache-2.0
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

/** A row of the delivery cases: the given servers and policies, and the expected result. */
@SuppressWarnings({"unchecked", "JavaUtilDate"}) // CertificateRevokedException wants a Date
public final class DeliveryCase {
  private static final String DANE = "DANE is not part of this library";
  private static final String REQUIRETLS = "REQUIRETLS is not part of this library";

  /** The rows that {@link #withOneMxHost} leaves out, and the reason for each. */
  private static final Map<String, String> LEFT_OUT =
      Map.ofEntries(
          Map.entry("deliv-013", "a test of its own in DeliveryCasesTransportTest"),
          Map.entry("deliv-037", "a test of its own: skipsABetterMxThatIsNotListed"),
          Map.entry(
              "deliv-040",
              "a test of its own: triesTheSecondMxIfTheCertificateOfTheFirstHasExpired"),
          Map.entry("deliv-043", "a test of its own: usesThePolicyOfTheNameBeforeItsAlias"),
          Map.entry("deliv-046", "a test of its own: looksForANewPolicyBeforeItGivesUp"),
          Map.entry("deliv-049", "a test of its own: aPolicyTightensASmartHostRoute"),
          Map.entry("deliv-052", DANE),
          Map.entry("deliv-055", DANE),
          Map.entry("deliv-058", DANE),
          Map.entry("deliv-061", DANE),
          Map.entry("deliv-064", REQUIRETLS),
          Map.entry("deliv-067", REQUIRETLS),
          Map.entry("deliv-070", REQUIRETLS),
          Map.entry("deliv-073", REQUIRETLS),
          Map.entry("deliv-076", REQUIRETLS),
          Map.entry("deliv-079", REQUIRETLS));

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
   * The rows about one MX host under MTA-STS.
   *
   * @return every row that is not {@link #leftOut()}, so that a new row runs at once
   */
  public static Stream<DeliveryCase> withOneMxHost() {
    return all().filter(row -> !LEFT_OUT.containsKey(row.number()));
  }

  /** The numbers of the other rows. */
  public static Set<String> leftOut() {
    return LEFT_OUT.keySet();
  }

  /** The number of the row. */
  public String number() {
    return text(row, "n");
  }

  /** The one MX host. */
  public String mxHost() {
    return text(given, "mx_host");
  }

  /** The resolution of example.com, with these settings or a trust manager that rejects. */
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

  /** A published policy with this mode and these MX hosts. */
  public static Policy policy(String mode, List<String> mx) throws PolicySyntaxException {
    String text =
        "version: STSv1\nmode: "
            + mode
            + "\nmx: "
            + String.join("\nmx: ", mx)
            + "\nmax_age: 604800\n";
    return Policy.parse(text.getBytes(StandardCharsets.US_ASCII), Reading.STRICT);
  }

  /** A trust manager of the caller that reports each certificate as revoked. RFC 8461 §4.2 */
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

  /** How the host breaks TLS; empty if it has a {@link #certificate}. */
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

  /** The host's certificate, for senders that trust this CA. */
  public TestCertificate certificate(TestCa ca) {
    String mx = mxHost();
    return switch (text(given, "cert")) {
      case "ok", "revoked (if checked)" -> ca.issue(mx);
      case "untrusted" -> TestCa.create().issue(mx);
      case "not-yet-valid" -> ca.leaf().dnsNames(mx).notYetValid().issue();
      case "incomplete-chain" -> ca.leaf().dnsNames(mx).withMissingIntermediate().issue();
      case "partial-wildcard" -> ca.issue("ma*.example.com");
      case "SAN example.com" -> ca.issue("example.com");
      default ->
          throw new IllegalArgumentException("certificate: expected a known kind, found " + this);
    };
  }

  /** Whether the message is delivered. */
  public boolean isDelivered() {
    return "deliver".equals(expect.get("decision"));
  }

  /** Whether the failure is temporary. */
  public boolean isTransient() {
    return "transient".equals(expect.get("failure"));
  }

  /** Whether the policy enforces TLS. */
  public boolean isTlsRequired() {
    return Boolean.TRUE.equals(expect.get("tls_required"));
  }

  /** Whether the certificate is valid. */
  public boolean isValidated() {
    return Boolean.TRUE.equals(expect.get("validated"));
  }

  /** Whether the message may go in clear text or over unverified TLS. */
  public boolean isInClear() {
    return expect.containsKey("how");
  }

  /** The result type in reports. RFC 8460 §4.3 */
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
