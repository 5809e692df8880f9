// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.tls;

import static io.github.mtasts.testing.MxReaction.alert;
import static io.github.mtasts.testing.MxReaction.handshake;
import static io.github.mtasts.testing.MxReaction.silence;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.FakeInternet;
import io.github.mtasts.JsonLines;
import io.github.mtasts.PolicyResolver;
import io.github.mtasts.RecordingListener;
import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.Problem;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResultType;
import io.github.mtasts.testing.MxReaction;
import io.github.mtasts.testing.PolicyHosts;
import io.github.mtasts.testing.ScriptedMx;
import io.github.mtasts.testing.TestDns;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The result type of each situation in {@code tlsrpt_result_type.jsonl}. */
final class ResultTypeCasesTest {
  private static final String DOMAIN = TlsFixture.DOMAIN;

  /** Rows that {@link #hasTheResultTypeOfTheRow} does not run, and the reason for each. */
  private static final Map<String, String> LEFT_OUT =
      Map.of("tres-022", "DANE is not part of this library");

  private final TlsFixture fixture = new TlsFixture();
  private final FakeInternet net = new FakeInternet();

  static Stream<Named<Map<String, Object>>> rows() {
    return table().stream()
        .filter(row -> !LEFT_OUT.containsKey(number(row)))
        .map(row -> Named.of(number(row) + " " + row.get("case"), row));
  }

  @Test
  void everyRowThatIsLeftOutIsInTheTable() {
    List<String> numbers = table().stream().map(ResultTypeCasesTest::number).toList();

    assertThat(numbers).doesNotHaveDuplicates().containsAll(LEFT_OUT.keySet());
  }

  private static List<Map<String, Object>> table() {
    return JsonLines.read("rfc8461/cases/tlsrpt_result_type.jsonl");
  }

  private static String number(Map<String, Object> row) {
    return JsonLines.member(row, "n", String.class);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void hasTheResultTypeOfTheRow(Map<String, Object> row) throws IOException {
    assertThat(resultType(number(row)).map(ResultType::label))
        .isEqualTo(Optional.ofNullable(row.get("result_type")));
  }

  private Optional<ResultType> resultType(String number) throws IOException {
    return switch (number) {
      case "tres-001" ->
          failure(handshake(fixture.ca.leaf().dnsNames(TlsFixture.MX).expired().issue()), 20_000);
      case "tres-004" -> failure(alert(70), 20_000);
      case "tres-007" -> failure(silence(), 100);
      case "tres-010" -> enforcedByAnOverrideWithoutARecord();
      case "tres-013" -> policyHostThatRefusesConnections();
      case "tres-016" -> failedFetchWithAPolicyInModeNone();
      case "tres-019" -> lookupDuringTheBackOff();
      case "tres-025" ->
          failure(
              handshake(fixture.ca.leaf().dnsNames(TlsFixture.MX).selfSigned().issue()), 20_000);
      case "tres-028" ->
          failure(
              handshake(fixture.ca.leaf().dnsNames(TlsFixture.MX).clientAuthOnly().issue()),
              20_000);
      default -> throw new IllegalArgumentException(number + ": expected a test, found none");
    };
  }

  /** The failure of a real handshake. */
  private Optional<ResultType> failure(MxReaction reaction, int timeoutMillis) {
    MxTls tls = fixture.enforced(TlsFixture.MX);
    try (ScriptedMx server = ScriptedMx.script().onConnect(reaction).start();
        Socket socket = TlsFixture.connect(server.address())) {
      socket.setSoTimeout(timeoutMillis);
      tls.startTls(socket).close();
    } catch (IOException e) {
      // The verdict has the reason.
    }
    return TlsFixture.failure(tls.verdict().orElseThrow());
  }

  private Optional<ResultType> enforcedByAnOverrideWithoutARecord() {
    net.noTxt(DOMAIN, 60);
    PolicyOverride enforce =
        PolicyOverride.enforce(DOMAIN).by("alice").because("agreed upon").withoutEnd();

    return problem(net.overridden(net.builder().overrides(enforce)).resolve(DOMAIN));
  }

  /** A real fetch, from a port where nothing listens. */
  private Optional<ResultType> policyHostThatRefusesConnections() throws IOException {
    PolicyHosts closed = PolicyHosts.start(fixture.ca);
    closed.close();
    try (TestDns dns = TestDns.start();
        PolicyResolver resolver =
            PolicyResolver.builder()
                .dnsServers(dns.address())
                .policyHostPort(closed.port())
                .allowPolicyHostAddresses("127.0.0.0/8")
                .policyHostTrust(fixture.ca.trustManager())
                .build()) {
      dns.txt("_mta-sts." + DOMAIN, "v=STSv1; id=1;").a("mta-sts." + DOMAIN, "127.0.0.1");
      return problem(resolver.resolve(DOMAIN));
    }
  }

  /** RFC 8461 §3.3: the failure is no event if the cached policy has mode none. */
  private Optional<ResultType> failedFetchWithAPolicyInModeNone() {
    RecordingListener events = new RecordingListener();
    PolicyResolver resolver = net.resolver(events);
    net.txt(DOMAIN, 60, "v=STSv1; id=1;").policy(DOMAIN, FakeInternet.text("none", 604_800));
    resolver.resolve(DOMAIN);
    net.txt(DOMAIN, 60, "v=STSv1; id=2;").broken(DOMAIN, ResultType.STS_POLICY_FETCH_ERROR);
    net.pass(60);
    resolver.resolve(DOMAIN);

    assertThat(net.fetches).hasValue(2);
    return Stream.of(ResultType.values())
        .filter(type -> events.all().contains("failed " + DOMAIN + " " + type.label()))
        .findFirst();
  }

  private Optional<ResultType> lookupDuringTheBackOff() {
    PolicyResolver resolver = net.resolver();
    net.txt(DOMAIN, 60, "v=STSv1; id=1;").broken(DOMAIN, ResultType.STS_POLICY_FETCH_ERROR);
    resolver.resolve(DOMAIN);
    net.pass(120);
    Resolution duringTheBackOff = resolver.resolve(DOMAIN);

    assertThat(net.fetches).hasValue(1);
    return problem(duringTheBackOff);
  }

  private static Optional<ResultType> problem(Resolution resolution) {
    return resolution.problem().flatMap(Problem::resultType);
  }
}
