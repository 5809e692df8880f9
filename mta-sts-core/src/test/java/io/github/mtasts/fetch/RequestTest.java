// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import static io.github.mtasts.fetch.FetchFixture.POLICY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.testing.PolicyAnswer;
import io.github.mtasts.testing.PolicyHosts.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The request that a policy host receives. */
class RequestTest {
  private FetchFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new FetchFixture();
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private Request request() {
    assertThat(fixture.hosts.recordedRequests()).hasSize(1);
    return fixture.hosts.recordedRequests().get(0);
  }

  @Test
  @Tag("rfc-item-20")
  @Tag("rfc-item-38")
  @Tag("rfc-item-85")
  void sendsThePolicyHostsNameInUrlHostAndSni() {
    fixture.hosts.publish("example.com", POLICY);

    assertThat(fixture.policy("example.com").mode()).isEqualTo(PolicyMode.ENFORCE);

    assertThat(request().line()).isEqualTo("GET /.well-known/mta-sts.txt HTTP/1.1");
    assertThat(request().header("Host")).contains("mta-sts.example.com");
    assertThat(request().sni()).isEqualTo("mta-sts.example.com");
  }

  /** The fetch itself fails, because the JDK's server side does not accept such names. */
  @ParameterizedTest
  @ValueSource(
      strings = {"foo_bar.example", "-edge-.example", "xn--bcher-kva.example", "x", "corp.1"})
  @Tag("rfc-item-85")
  void sendsSniForUnusualNames(String domain) {
    fixture.fetch(domain);

    assertThat(fixture.hosts.serverNames()).containsExactly("mta-sts." + domain);
  }

  @Test
  @Tag("rfc-item-47")
  void sendsNoConditionalHeaderNoCredentialsAndNoCompression() {
    fixture.hosts.publish("example.com", POLICY);

    fixture.policy("example.com");

    assertThat(request().headers().keySet())
        .containsExactlyInAnyOrder("user-agent", "accept", "accept-encoding", "connection", "host");
    assertThat(request().header("Accept-Encoding")).contains("identity");
    assertThat(request().header("Connection")).contains("close");
    assertThat(request().header("User-Agent")).get().asString().startsWith("mta-sts-java");
  }

  @Test
  @Tag("rfc-item-47")
  @Tag("rfc-item-94")
  void fetchesTheFullPolicyAgainEvenIfTheHostAllowsCaching() {
    fixture.hosts.answer(
        "example.com",
        PolicyAnswer.policy(POLICY)
            .withHeader("Cache-Control", "public, max-age=3600")
            .withHeader("ETag", "\"1\"")
            .withHeader("Last-Modified", "Mon, 23 Nov 2026 10:00:00 GMT"));
    fixture.policy("example.com");
    fixture.hosts.publish("example.com", "version: STSv1\nmode: none\nmax_age: 1\n");

    assertThat(fixture.policy("example.com").mode()).isEqualTo(PolicyMode.NONE);

    assertThat(fixture.hosts.recordedRequests())
        .hasSize(2)
        .allSatisfy(
            request ->
                assertThat(request.headers())
                    .doesNotContainKeys("if-none-match", "if-modified-since"));
  }

  @Test
  void sendsNoCookies() {
    fixture.hosts.answer(
        "example.com", PolicyAnswer.policy(POLICY).withHeader("Set-Cookie", "id=1; Max-Age=9999"));
    fixture.policy("example.com");
    fixture.policy("example.com");

    assertThat(fixture.hosts.recordedRequests())
        .hasSize(2)
        .allSatisfy(request -> assertThat(request.headers()).doesNotContainKey("cookie"));
  }

  @Test
  void opensANewConnectionForEachFetch() {
    fixture.hosts.answer(
        "example.com", PolicyAnswer.policy(POLICY).withHeader("Connection", "keep-alive"));
    fixture.policy("example.com");
    fixture.policy("example.com");

    assertThat(fixture.hosts.connections()).isEqualTo(2);
  }

  @Test
  void sendsTheUserAgentOfTheSettings() {
    fixture.hosts.publish("example.com", POLICY);
    HostAddresses addresses =
        host -> CompletableFuture.completedFuture(List.of(fixture.hosts.address()));
    try (PolicyFetcher fetcher = fixture.builder(addresses).userAgent("mail.example/1").build()) {
      FetchFixture.policy(FetchFixture.fetch(fetcher, "example.com"));
    }

    assertThat(request().header("User-Agent")).contains("mail.example/1");
  }

  @Test
  void refusesAUserAgentThatIsNotValidInAHeader() {
    FetcherBuilder builder =
        new FetcherBuilder(host -> CompletableFuture.failedFuture(new IOException("unused")));

    assertThatThrownBy(() -> builder.userAgent("a\r\nHost: b").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("userAgent: expected visible ASCII, found \"a\\u000d\\u000aHost: b\"");
  }

  @Test
  void looksUpOnlyTheAddressesOfThePolicyHost() {
    fixture.hosts.publish("example.com", POLICY);
    CompletableFuture<String> asked = new CompletableFuture<>();
    HostAddresses addresses =
        host -> {
          asked.complete(host.value());
          return CompletableFuture.completedFuture(List.<InetAddress>of(fixture.hosts.address()));
        };
    try (PolicyFetcher fetcher = fixture.builder(addresses).build()) {
      FetchFixture.policy(FetchFixture.fetch(fetcher, "example.com"));
    }

    assertThat(asked).isCompletedWithValue("mta-sts.example.com");
  }

  @Test
  void failsWithoutAConnectionWhenThePolicyHostsNameIsTooLong() {
    String domain = "a".repeat(60) + "." + ("b".repeat(60) + ".").repeat(3) + "example";

    assertThat(fixture.failure(domain, ResultType.STS_POLICY_FETCH_ERROR).detail())
        .contains("at most 253 characters");
    assertThat(fixture.hosts.connections()).isZero();
  }
}
