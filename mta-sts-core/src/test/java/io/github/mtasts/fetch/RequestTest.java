// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import static io.github.mtasts.fetch.FetchWorld.POLICY;
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
  private FetchWorld world;

  @BeforeEach
  void start() throws IOException {
    world = new FetchWorld();
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private Request request() {
    assertThat(world.hosts.recordedRequests()).hasSize(1);
    return world.hosts.recordedRequests().get(0);
  }

  @Test
  @Tag("rfc-item-20")
  @Tag("rfc-item-38")
  @Tag("rfc-item-85")
  void sendsThePolicyHostsNameInUrlHostAndSni() {
    world.hosts.publish("example.com", POLICY);

    assertThat(world.policy("example.com").mode()).isEqualTo(PolicyMode.ENFORCE);

    assertThat(request().line()).isEqualTo("GET /.well-known/mta-sts.txt HTTP/1.1");
    assertThat(request().header("Host")).contains("mta-sts.example.com");
    assertThat(request().sni()).isEqualTo("mta-sts.example.com");
  }

  /** The fetch itself fails, because the JDK's server side does not accept such names. */
  @ParameterizedTest
  @ValueSource(strings = {"foo_bar.example", "-edge-.example", "xn--bcher-kva.example", "x"})
  @Tag("rfc-item-85")
  void sendsSniForUnusualNames(String domain) {
    world.fetch(domain);

    assertThat(world.hosts.serverNames()).containsExactly("mta-sts." + domain);
  }

  @Test
  @Tag("rfc-item-47")
  void sendsNoConditionalHeaderNoCredentialsAndNoCompression() {
    world.hosts.publish("example.com", POLICY);

    world.policy("example.com");

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
    world.hosts.answer(
        "example.com",
        PolicyAnswer.policy(POLICY)
            .withHeader("Cache-Control", "public, max-age=3600")
            .withHeader("ETag", "\"1\"")
            .withHeader("Last-Modified", "Mon, 23 Nov 2026 10:00:00 GMT"));
    world.policy("example.com");
    world.hosts.publish("example.com", "version: STSv1\nmode: none\nmax_age: 1\n");

    assertThat(world.policy("example.com").mode()).isEqualTo(PolicyMode.NONE);

    assertThat(world.hosts.recordedRequests())
        .hasSize(2)
        .allSatisfy(
            request ->
                assertThat(request.headers())
                    .doesNotContainKeys("if-none-match", "if-modified-since"));
  }

  @Test
  void sendsNoCookies() {
    world.hosts.answer(
        "example.com", PolicyAnswer.policy(POLICY).withHeader("Set-Cookie", "id=1; Max-Age=9999"));
    world.policy("example.com");
    world.policy("example.com");

    assertThat(world.hosts.recordedRequests())
        .hasSize(2)
        .allSatisfy(request -> assertThat(request.headers()).doesNotContainKey("cookie"));
  }

  @Test
  void opensANewConnectionForEachFetch() {
    world.hosts.answer(
        "example.com", PolicyAnswer.policy(POLICY).withHeader("Connection", "keep-alive"));
    world.policy("example.com");
    world.policy("example.com");

    assertThat(world.hosts.connections()).isEqualTo(2);
  }

  @Test
  void sendsTheUserAgentOfTheSettings() {
    world.hosts.publish("example.com", POLICY);
    HostAddresses addresses =
        host -> CompletableFuture.completedFuture(List.of(world.hosts.address()));
    try (PolicyFetcher fetcher = world.builder(addresses).userAgent("mail.example/1").build()) {
      FetchWorld.policy(FetchWorld.fetch(fetcher, "example.com"));
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
    world.hosts.publish("example.com", POLICY);
    CompletableFuture<String> asked = new CompletableFuture<>();
    HostAddresses addresses =
        host -> {
          asked.complete(host.value());
          return CompletableFuture.completedFuture(List.<InetAddress>of(world.hosts.address()));
        };
    try (PolicyFetcher fetcher = world.builder(addresses).build()) {
      FetchWorld.policy(FetchWorld.fetch(fetcher, "example.com"));
    }

    assertThat(asked).isCompletedWithValue("mta-sts.example.com");
  }

  @Test
  void failsWithoutAConnectionWhenThePolicyHostsNameIsTooLong() {
    String domain = "a".repeat(60) + "." + ("b".repeat(60) + ".").repeat(3) + "example";

    assertThat(world.failure(domain, ResultType.STS_POLICY_FETCH_ERROR).detail())
        .contains("at most 253 characters");
    assertThat(world.hosts.connections()).isZero();
  }
}
