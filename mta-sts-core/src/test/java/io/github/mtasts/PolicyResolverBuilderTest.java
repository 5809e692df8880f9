// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.mtasts.decision.WhenUnavailable;
import io.github.mtasts.discovery.DnsClient;
import io.github.mtasts.discovery.DnsJavaClient;
import io.github.mtasts.policy.Reading;
import io.github.mtasts.testing.InMemoryPolicyStore;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
        row("floor, long", "found PT8784H", b -> b.recordRecheckFloor(days(366))),
        row("ceiling, long", "zero to 365 days", b -> b.recordRecheckCeiling(days(366))),
        row("negative, long", "zero to 365 days", b -> b.negativeTtl(days(1), days(366))),
        row("back-off, long", "zero to 365 days", b -> b.fetchBackOff(days(1), days(366))),
        row("refresh, long", "zero to 365 days", b -> b.refreshUsedWithin(days(366))),
        row("store deadline", "at most one day", b -> b.storeDeadline(days(2))),
        row("renewals", "expected at least 1, found 0", b -> b.refreshesPerSecond(0)),
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
    PolicyResolver.builder().policyHostPort(1).refreshUsedWithin(days(365)).build().close();
    PolicyResolver.builder()
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

  static Stream<Arguments> repeated() {
    return Stream.of(
        row("dnsDeadline", "PT1S", b -> b.dnsDeadline(Duration.ofSeconds(1))),
        row("fetchDeadline", "PT1S", b -> b.fetchDeadline(Duration.ofSeconds(1))),
        row("storeDeadline", "PT1S", b -> b.storeDeadline(Duration.ofSeconds(1))),
        row("recordRecheckFloor", "PT24H", b -> b.recordRecheckFloor(days(1))),
        row("recordRecheckCeiling", "PT24H", b -> b.recordRecheckCeiling(days(1))),
        row("negativeTtl", "PT24H to PT48H", b -> b.negativeTtl(days(1), days(2))),
        row("fetchBackOff", "PT24H to PT48H", b -> b.fetchBackOff(days(1), days(2))),
        row("refreshUsedWithin", "PT24H", b -> b.refreshUsedWithin(days(1))),
        row("refreshesPerSecond", "7", b -> b.refreshesPerSecond(7)),
        row("concurrentLookups", "7", b -> b.concurrentLookups(7)),
        row("concurrentFetches", "7", b -> b.concurrentFetches(7)),
        row("memory", "1, 2, 3", b -> b.memory(1, 2, 3)),
        row("policyHostPort", "443", b -> b.policyHostPort(443)),
        row("proxy", "DIRECT", b -> b.proxy(Proxy.NO_PROXY)),
        row("allowPolicyHostAddresses", "[]", b -> b.allowPolicyHostAddresses()),
        row("policyHostTrust", "NoTrust", b -> b.policyHostTrust(new NoTrust())),
        row("mxHostTrust", "NoTrust", b -> b.mxHostTrust(new NoTrust())),
        row("tlsProvider", "", b -> b.tlsProvider(Security.getProviders()[0])),
        row("reading", "STRICT", b -> b.reading(Reading.STRICT)),
        row("whenDnsUnavailable", "DEFER", b -> b.whenDnsUnavailable(WhenUnavailable.DEFER)),
        row(
            "whenStoreUnavailable",
            "PROCEED",
            b -> b.whenStoreUnavailable(WhenUnavailable.PROCEED)),
        row("overrides", "0 overrides", b -> b.overrides()),
        row("clock", "", b -> b.clock(Instant::now, System::nanoTime)),
        row("executor", "", b -> b.executor(Runnable::run)),
        row("store", "InMemoryPolicyStore", b -> b.store(new InMemoryPolicyStore())));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("repeated")
  void refusesASecondCall(String option, String value, Consumer<PolicyResolverBuilder> call) {
    PolicyResolverBuilder builder = PolicyResolver.builder();
    call.accept(builder);

    assertThatIllegalStateException()
        .isThrownBy(() -> call.accept(builder))
        .withMessageStartingWith(option + ": " + option + " was already set to ")
        .withMessageContaining(value)
        .withMessageEndingWith("; keep one");
  }

  /** An option that is new here also needs a row above. */
  @Test
  void everyOptionIsTestedForASecondCall() {
    Set<String> tested =
        repeated().map(row -> String.valueOf(row.get()[0])).collect(Collectors.toSet());
    Set<String> testedBelow =
        Set.of(
            "dnsServers",
            "dnsOverHttps",
            "dnsClient",
            "overridesFile",
            "listener",
            "shadow",
            "storeFile");

    assertThat(PolicyResolverBuilder.class.getMethods())
        .filteredOn(method -> method.getReturnType() == PolicyResolverBuilder.class)
        .extracting(Method::getName)
        .containsOnlyOnceElementsOf(tested)
        .allMatch(option -> tested.contains(option) || testedBelow.contains(option));
  }

  @Test
  void refusesASecondOverridesFile(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("overrides.txt"), "# none\n");
    PolicyResolverBuilder builder = PolicyResolver.builder();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.overridesFile(directory.resolve("missing.txt")));
    builder.overridesFile(file);

    assertThatIllegalStateException()
        .isThrownBy(() -> builder.overridesFile(file))
        .withMessage("overridesFile: overridesFile was already set to " + file + "; keep one");
  }

  @Test
  void refusesASecondWayToAskDns() {
    InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), 53);
    URI endpoint = URI.create("https://dns.example/dns-query");

    assertThatIllegalStateException()
        .isThrownBy(() -> PolicyResolver.builder().dnsServers(server).dnsOverHttps(endpoint))
        .withMessageStartingWith("dnsOverHttps: dnsServers was already set to [")
        .withMessageEndingWith("; keep one");
    assertThatIllegalStateException()
        .isThrownBy(() -> PolicyResolver.builder().dnsOverHttps(endpoint).dnsServers(server))
        .withMessage("dnsServers: dnsOverHttps was already set to " + endpoint + "; keep one");
    try (DnsClient client = DnsJavaClient.of(List.of(server), Duration.ofSeconds(1))) {
      assertThatIllegalStateException()
          .isThrownBy(() -> PolicyResolver.builder().dnsClient(client).dnsServers(server))
          .withMessageStartingWith("dnsServers: dnsClient was already set to ");
    }
  }

  @Test
  void refusesAProxyWithAnotherPort() {
    Proxy proxy =
        new Proxy(Proxy.Type.HTTP, new InetSocketAddress(InetAddress.getLoopbackAddress(), 3128));

    PolicyResolver.builder().proxy(proxy).policyHostPort(443);
    assertThatIllegalStateException()
        .isThrownBy(() -> PolicyResolver.builder().proxy(proxy).policyHostPort(8_443))
        .withMessageStartingWith("policyHostPort: expected a proxy or a policyHostPort other than");
    assertThatIllegalStateException()
        .isThrownBy(() -> PolicyResolver.builder().policyHostPort(8_443).proxy(proxy))
        .withMessageStartingWith("proxy: expected a proxy or")
        .withMessageEndingWith("8443; keep one");
  }

  @Test
  void aRefusedValueDoesNotCountAsSet() {
    PolicyResolverBuilder builder = PolicyResolver.builder();
    assertThatIllegalArgumentException().isThrownBy(() -> builder.dnsDeadline(Duration.ZERO));

    builder.dnsDeadline(Duration.ofSeconds(1));
    builder.shadow().shadow().build().close();
  }

  @Test
  void refusesNullAtOnce() {
    PolicyResolverBuilder builder = PolicyResolver.builder();

    assertThatNullPointerException().isThrownBy(() -> builder.listener(nothing()));
    assertThatNullPointerException()
        .isThrownBy(() -> builder.executor(nothing()))
        .withMessage("executor");
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T nothing() {
    return null;
  }

  private static Arguments row(String what, String message, Consumer<PolicyResolverBuilder> call) {
    return Arguments.of(what, message, call);
  }

  /** Trusts no certificate. */
  private static final class NoTrust implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("not trusted");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("not trusted");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private static Duration days(int days) {
    return Duration.ofDays(days);
  }

  private static Duration minus() {
    return Duration.ofSeconds(-1);
  }

  private static URI uri() {
    return URI.create("http://dns.example/dns-query");
  }
}
