// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import static io.github.mtasts.decision.ResultType.STS_POLICY_FETCH_ERROR;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.failedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.JsonLines;
import io.github.mtasts.fetch.FetchResult.Failed;
import io.github.mtasts.testing.PolicyAnswer;
import io.github.mtasts.testing.PolicyAnswer.Fault;
import io.github.mtasts.testing.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rows of {@code fetch.jsonl} about a single fetch. */
class FetchConformanceTest {
  private static final Set<String> AREAS = Set.of("fetch", "content-type", "size", "tls");
  private static final String DOMAIN = "user.example.com";

  private FetchFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new FetchFixture();
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  static Stream<Named<Map<String, Object>>> rows() {
    return JsonLines.read("rfc8461/cases/fetch.jsonl").stream()
        .filter(row -> AREAS.contains(row.get("area")))
        .map(row -> Named.of(row.get("n") + " " + row.get("case"), row));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void behavesAsTheRowSays(Map<String, Object> row) {
    Map<String, Object> given = JsonLines.object(row, "given");
    if (given.containsKey("https_status_each_of")) {
      for (Object status : (List<?>) given.get("https_status_each_of")) {
        check(row, PolicyAnswer.status(((Long) status).intValue()));
      }
    } else {
      check(row, answer(given));
    }
  }

  private void check(Map<String, Object> row, PolicyAnswer answer) {
    Map<String, Object> given = JsonLines.object(row, "given");
    Map<String, Object> expected = JsonLines.object(row, "expect");
    fixture.hosts.answer(DOMAIN, answer);
    certificate(given);
    try (PolicyFetcher fetcher =
        fixture
            .builder(host -> addresses(given))
            .deadline(Duration.ofSeconds(given.containsKey("body_rate") ? 1 : 20))
            .build()) {
      FetchResult result = FetchFixture.fetch(fetcher, DOMAIN);

      if ("policy".equals(expected.get("outcome"))) {
        String mode = FetchFixture.policy(result).mode().name().toLowerCase(Locale.ROOT);
        assertThat(mode).isEqualTo(expected.get("mode"));
      } else {
        assertThat(result).isInstanceOf(Failed.class);
        assertThat(((Failed) result).resultType().label())
            .isEqualTo(expected.getOrDefault("reason", STS_POLICY_FETCH_ERROR.label()));
      }
    }
  }

  private CompletableFuture<List<InetAddress>> addresses(Map<String, Object> given) {
    return given.containsKey("policy_host_dns")
        ? failedFuture(new UnknownHostException("NXDOMAIN"))
        : completedFuture(List.of(fixture.hosts.address()));
  }

  private static PolicyAnswer answer(Map<String, Object> given) {
    if (given.containsKey("tls_max")) {
      return PolicyAnswer.fault(Fault.ONLY_TLS_1_1);
    }
    if (given.containsKey("body_prefix")) {
      return PolicyAnswer.policy(
          given.get("body_prefix") + "# pad\n".repeat(11_000) + given.get("body_suffix"));
    }
    Map<String, Object> https = JsonLines.object(given, "https");
    if (https.containsKey("content_encoding")) {
      return PolicyAnswer.policy("inflates to much")
          .withHeader("Content-Encoding", (String) https.get("content_encoding"));
    }
    PolicyAnswer answer =
        PolicyAnswer.policy(JsonLines.member(https, "body", String.class))
            .withStatus(JsonLines.member(https, "status", Long.class).intValue());
    Object type = https.get("content_type");
    answer = type == null ? answer.withoutContentType() : answer.withContentType((String) type);
    if (given.containsKey("location")) {
      answer = answer.withHeader("Location", (String) given.get("location"));
    }
    return given.containsKey("body_rate") ? answer.dripping(Duration.ofSeconds(5)) : answer;
  }

  private void certificate(Map<String, Object> given) {
    Object tls =
        given.containsKey("https")
            ? JsonLines.object(given, "https").getOrDefault("tls", "ok")
            : "ok";
    TestCertificate certificate =
        switch ((String) tls) {
          case "ok" -> fixture.ca.issue("mta-sts." + DOMAIN);
          case "wildcard" -> fixture.ca.issue("*." + DOMAIN);
          case "host-mismatch" -> fixture.ca.issue("mta-sts.provider.example");
          case "not-yet-valid" ->
              fixture.ca.leaf().dnsNames("mta-sts." + DOMAIN).notYetValid().issue();
          default -> throw new IllegalArgumentException("unknown: " + tls);
        };
    fixture.hosts.certificate(DOMAIN, certificate);
  }
}
