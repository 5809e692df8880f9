// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A wrong option fails at the call, and the message says what was expected. */
final class PolicyResolverBuilderTest {

  static Stream<Arguments> wrong() {
    return Stream.of(
        row("no DNS server", "expected at least one server", b -> b.dnsServers()),
        row("plain DoH", "expected an https URI, found http:", b -> b.dnsOverHttps(uri())),
        row(
            "DNS deadline",
            "more than zero and at most one day, found PT0S",
            b -> b.dnsDeadline(Duration.ZERO)),
        row("fetch deadline", "found PT-1S", b -> b.fetchDeadline(minus())),
        row("fetch deadline, long", "found PT48H", b -> b.fetchDeadline(Duration.ofDays(2))),
        row("floor, long", "found PT8784H", b -> b.recordRecheckFloor(Duration.ofDays(366))),
        row(
            "DNS server by name",
            "found the name dns.example",
            b -> b.dnsServers(InetSocketAddress.createUnresolved("dns.example", 53))),
        row("DoH without host", "a URI with a host", b -> b.dnsOverHttps(URI.create("https:/x"))),
        row("port 0", "expected 1 to 65535, found 0", b -> b.policyHostPort(0)),
        row("port 65536", "found 65536", b -> b.policyHostPort(65_536)),
        row("floor", "zero to 365 days, found PT-1S", b -> b.recordRecheckFloor(minus())),
        row("ceiling", "zero to 365 days, found PT-1S", b -> b.recordRecheckCeiling(minus())),
        row("negative least", "zero to 365 days", b -> b.negativeTtl(minus(), Duration.ZERO)),
        row(
            "negative order",
            "upper bound of at least PT2S, found PT1S",
            b -> b.negativeTtl(Duration.ofSeconds(2), Duration.ofSeconds(1))),
        row("back-off least", "zero to 365 days", b -> b.fetchBackOff(minus(), Duration.ZERO)),
        row(
            "back-off order",
            "upper bound of at least PT2S, found PT1S",
            b -> b.fetchBackOff(Duration.ofSeconds(2), Duration.ofSeconds(1))),
        row("memory 1", "enforcePolicies: expected at least 1, found 0", b -> b.memory(0, 1, 1)),
        row("memory 2", "otherPolicies: expected at least 1, found 0", b -> b.memory(1, 0, 1)),
        row("memory 3", "negativeAnswers: expected at least 1, found 0", b -> b.memory(1, 1, 0)),
        row("lookups", "expected at least 1, found 0", b -> b.concurrentLookups(0)),
        row("fetches", "expected at least 1, found 0", b -> b.concurrentFetches(0)),
        row("range", "not/a/range", b -> b.allowPolicyHostAddresses("not/a/range")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrong")
  void refusesAWrongOption(String what, String message, Consumer<PolicyResolverBuilder> call) {
    PolicyResolverBuilder builder = PolicyResolver.builder();

    assertThatIllegalArgumentException()
        .as(what)
        .isThrownBy(() -> call.accept(builder))
        .withMessageContaining(message);
  }

  @Test
  void acceptsTheBoundsThemselves() {
    PolicyResolver.builder()
        .policyHostPort(1)
        .policyHostPort(65_535)
        .recordRecheckFloor(Duration.ZERO)
        .recordRecheckCeiling(Duration.ZERO)
        .negativeTtl(Duration.ZERO, Duration.ZERO)
        .fetchBackOff(Duration.ZERO, Duration.ZERO)
        .memory(1, 1, 1)
        .concurrentLookups(1)
        .concurrentFetches(1)
        .build()
        .close();
  }

  @Test
  void refusesNullAtOnce() {
    PolicyResolverBuilder builder = PolicyResolver.builder();

    assertThatNullPointerException().isThrownBy(() -> builder.listener(nothing()));
    assertThatNullPointerException().isThrownBy(() -> builder.executor(nothing()));
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T nothing() {
    return null;
  }

  private static Arguments row(String what, String message, Consumer<PolicyResolverBuilder> call) {
    return Arguments.of(what, message, call);
  }

  private static Duration minus() {
    return Duration.ofSeconds(-1);
  }

  private static URI uri() {
    return URI.create("http://dns.example/dns-query");
  }
}
