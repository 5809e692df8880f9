// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import static io.github.mtasts.policy.PolicyMode.ENFORCE;
import static io.github.mtasts.policy.PolicyMode.NONE;
import static io.github.mtasts.testing.TestInternet.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.policy.Policy;
import io.github.mtasts.policy.PolicySyntaxException;
import io.github.mtasts.policy.Reading;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The parts of the internet work together; each has its own test. */
final class TestInternetTest {
  @AutoClose private final TestInternet internet = TestInternet.start();

  @Test
  void aResolverFindsAPublishedPolicyUntilItExpires() {
    internet.publish("example.com", policy(ENFORCE, "mx.example.com"));
    try (PolicyResolver resolver = internet.resolver().build()) {
      assertThat(resolver.resolve("example.com").decide("mx.example.com").isListed()).isTrue();

      internet.dns().remove("_mta-sts.example.com");
      internet.clock().advance(Duration.ofSeconds(TestInternet.MAX_AGE_SECONDS));
      assertThat(resolver.resolve("example.com").policy()).isEmpty();
    }
  }

  @Test
  void aPolicyPublishedLaterReplacesTheOneBefore() {
    internet.publish("example.com", policy(ENFORCE, "old.example.com"));
    internet.publish("example.com", policy(ENFORCE, "new.example.com"));
    try (PolicyResolver resolver = internet.resolver().build()) {
      assertThat(resolver.resolve("example.com").decide("old.example.com").isRefused()).isTrue();
    }
  }

  @Test
  void writesPoliciesThatAreValidInTheStrictReading() throws PolicySyntaxException {
    for (String text : new String[] {policy(NONE), policy(ENFORCE, "a.example", "*.b.example")}) {
      Policy parsed = Policy.parse(text.getBytes(StandardCharsets.US_ASCII), Reading.STRICT);

      assertThat(parsed.maxAge()).isEqualTo(Duration.ofSeconds(TestInternet.MAX_AGE_SECONDS));
    }
  }

  @Test
  void mxHostsHaveDifferentAddressesAndOnePort() {
    InetSocketAddress first = internet.mx("a.example.com").address();
    InetSocketAddress second = internet.mxWithoutTls("b.example.com").address();

    assertThat(first.getAddress()).isNotEqualTo(second.getAddress());
    assertThat(first.getPort()).isEqualTo(second.getPort()).isEqualTo(internet.smtpPort());
  }

  @Test
  void refusesConnectionsToAnAddressWithoutAHost() {
    InetSocketAddress unused = internet.addressOf("gone.example.com");

    assertThatThrownBy(() -> new Socket(unused.getAddress(), unused.getPort()).close())
        .isInstanceOf(IOException.class);
  }

  @Test
  void stopsItsMxHostsWhenItIsClosed() {
    InetSocketAddress mx = internet.mx("mx.example.com").address();

    internet.close();

    assertThatThrownBy(() -> new Socket(mx.getAddress(), mx.getPort()).close())
        .isInstanceOf(IOException.class);
  }
}
