// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import static io.github.mtasts.decision.ResultType.STS_POLICY_FETCH_ERROR;
import static io.github.mtasts.decision.ResultType.STS_WEBPKI_INVALID;
import static io.github.mtasts.fetch.FetchFixture.POLICY;
import static io.github.mtasts.fetch.FetchFixture.address;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.failedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.mtasts.address.AddressGuard;
import io.github.mtasts.address.AddressRange;
import io.github.mtasts.testing.PolicyAnswer;
import io.github.mtasts.testing.PolicyAnswer.Fault;
import io.github.mtasts.testing.PolicyHosts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses of a policy host are connected to, and when the next one is tried. */
class PolicyHostAddressesTest {
  private static final InetAddress GOOD = address("127.0.0.1");
  private static final InetAddress OTHER = address("127.0.0.2");

  private FetchFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new FetchFixture();
    fixture.hosts.publish("example.com", POLICY);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private FetchResult fetch(FetcherBuilder builder) {
    try (PolicyFetcher fetcher = builder.build()) {
      return FetchFixture.fetch(fetcher, "example.com");
    }
  }

  private FetchResult fetchFrom(InetAddress... addresses) {
    return fetch(fixture.builder(host -> completedFuture(List.of(addresses))));
  }

  private PolicyHosts otherHosts() throws IOException {
    return PolicyHosts.start(fixture.ca, new InetSocketAddress(OTHER, fixture.hosts.port()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "fe80::1", "fd00::1"})
  void refusesSpecialAddresses(String literal) {
    FetchResult result =
        fetch(
            fixture
                .builder(host -> completedFuture(List.of(address(literal))))
                .guard(AddressGuard.publicOnly()));

    assertThat(FetchFixture.failure(result, STS_POLICY_FETCH_ERROR).detail())
        .contains(
            "expected a public address of the policy host, found: "
                + address(literal).getHostAddress()
                + " is in ");
    assertThat(fixture.hosts.connections()).isZero();
  }

  @Test
  void connectsOnlyToTheVettedAddresses() throws IOException {
    AddressGuard guard =
        AddressGuard.publicOnly().allowing(List.of(AddressRange.parse("127.0.0.2")));
    try (PolicyHosts others = otherHosts()) {
      others.publish("example.com", POLICY);

      FetchFixture.policy(
          fetch(fixture.builder(host -> completedFuture(List.of(GOOD, OTHER))).guard(guard)));

      assertThat(fixture.hosts.connections()).isZero();
      assertThat(others.connections()).isEqualTo(1);
    }
  }

  @Test
  void triesTheNextAddressWhenOneRefusesTheConnection() {
    FetchFixture.policy(fetchFrom(OTHER, GOOD));
  }

  @Test
  void triesAtMostSixAddresses() {
    FetchFixture.policy(fetchFrom(afterRefusingAddresses(5)));
    int before = fixture.hosts.connections();

    String detail =
        FetchFixture.failure(fetchFrom(afterRefusingAddresses(6)), STS_POLICY_FETCH_ERROR).detail();

    assertThat(detail).contains("127.0.1.1: ");
    assertThat(fixture.hosts.connections()).isEqualTo(before);
  }

  private static InetAddress[] afterRefusingAddresses(int refusing) {
    return IntStream.rangeClosed(1, refusing + 1)
        .mapToObj(i -> i > refusing ? GOOD : address("127.0.1." + i))
        .toArray(InetAddress[]::new);
  }

  @Test
  void triesTheNextAddressWhenOneDoesNotRespond() throws IOException {
    try (PolicyHosts others = otherHosts()) {
      others.answer("example.com", PolicyAnswer.fault(Fault.STALLED_HANDSHAKE));

      FetchFixture.policy(
          fetch(
              fixture
                  .builder(host -> completedFuture(List.of(OTHER, GOOD)))
                  .deadline(Duration.ofSeconds(8))));
    }
  }

  @Test
  void triesTheNextAddressWhenOneClosesTheConnection() throws IOException {
    try (PolicyHosts others = otherHosts()) {
      others.answer("example.com", PolicyAnswer.fault(Fault.DISCONNECT_AFTER_REQUEST));

      FetchFixture.policy(fetchFrom(OTHER, GOOD));
    }
  }

  @Test
  void triesTheNextAddressWhenOneHasABadCertificate() throws IOException {
    try (PolicyHosts others = otherHosts()) {
      others
          .publish("example.com", "version: STSv1\nmode: none\nmax_age: 1\n")
          .certificate("example.com", fixture.ca.issue("mta-sts.example.net"));

      assertThat(FetchFixture.policy(fetchFrom(OTHER, GOOD)).text()).isEqualTo(POLICY);
      assertThat(others.recordedRequests()).isEmpty();
    }
  }

  /** Which response is first depends on the machine: the addresses are tried in parallel. */
  @Test
  void treatsTheFirstResponseAsFinal() throws IOException {
    try (PolicyHosts others = otherHosts()) {
      fixture.hosts.answer("example.com", PolicyAnswer.status(404));
      others.answer("example.com", PolicyAnswer.status(404));

      FetchFixture.failure(fetchFrom(OTHER, GOOD), STS_POLICY_FETCH_ERROR);

      assertThat(others.requests("example.com") + fixture.hosts.requests("example.com"))
          .isEqualTo(1);
    }
  }

  @Test
  void reportsABadCertificateRatherThanARefusedConnection() {
    fixture.hosts.certificate("example.com", fixture.ca.issue("mta-sts.example.net"));

    assertThat(FetchFixture.failure(fetchFrom(OTHER, GOOD), STS_WEBPKI_INVALID).detail())
        .contains("found one for mta-sts.example.net");
  }

  @Test
  void reportsEveryAddressThatFailed() {
    String detail =
        FetchFixture.failure(fetchFrom(OTHER, address("127.0.0.3")), STS_POLICY_FETCH_ERROR)
            .detail();

    assertThat(detail).contains("at 127.0.0.2, 127.0.0.3: ", "127.0.0.2: ", "127.0.0.3: ");
  }

  @Test
  void fetchesOverIpv6() throws IOException {
    InetAddress localhost = address("::1");
    assumeThat(isOurs(localhost)).as("::1 is an address of this machine").isTrue();
    try (PolicyHosts ipv6 =
        PolicyHosts.start(fixture.ca, new InetSocketAddress(localhost, fixture.hosts.port()))) {
      ipv6.publish("example.com", POLICY);

      FetchFixture.policy(
          fetch(
              fixture
                  .builder(host -> completedFuture(List.of(localhost)))
                  .guard(AddressGuard.publicOnly().allowing(List.of(AddressRange.parse("::1"))))));
      assertThat(ipv6.requests("example.com")).isEqualTo(1);
    }
  }

  private static boolean isOurs(InetAddress address) throws IOException {
    return NetworkInterface.getByInetAddress(address) != null;
  }

  @Test
  @Tag("rfc-item-51")
  void reportsTheAnswerOfDns() {
    FetchResult result =
        fetch(
            fixture.builder(
                host ->
                    failedFuture(new UnknownHostException(host + " does not exist (NXDOMAIN)"))));

    assertThat(FetchFixture.failure(result, STS_POLICY_FETCH_ERROR).detail())
        .isEqualTo(
            "https://mta-sts.example.com/.well-known/mta-sts.txt: expected addresses of the policy"
                + " host, found: mta-sts.example.com does not exist (NXDOMAIN); publish an A or"
                + " AAAA record for mta-sts.example.com");
  }

  @Test
  void distinguishesAnUnavailableDnsFromAHostWithoutAddress() {
    FetchResult result =
        fetch(
            fixture.builder(
                host -> failedFuture(new LookupUnavailableException("no answer within 5 s"))));

    assertThat(FetchFixture.unavailable(result))
        .isEqualTo(
            "https://mta-sts.example.com/.well-known/mta-sts.txt: expected an answer from DNS with"
                + " the addresses of the policy host, found: no answer within 5 s; check the DNS"
                + " servers that this sender uses");
  }

  @Test
  void isUnavailableWhenALookupBreaksItsContract() {
    Stream<HostAddresses> broken =
        Stream.of(
            host -> {
              throw new IllegalStateException("broken");
            },
            host -> failedFuture(new IllegalStateException("broken")));

    assertThat(broken.map(addresses -> fetch(fixture.builder(addresses))))
        .allSatisfy(
            result ->
                assertThat(FetchFixture.unavailable(result))
                    .contains("IllegalStateException: broken"));
  }

  @Test
  void failsWhenTheLookupFindsNoAddress() {
    assertThat(FetchFixture.failure(fetchFrom(), STS_POLICY_FETCH_ERROR).detail())
        .contains("found: no address");
  }
}
