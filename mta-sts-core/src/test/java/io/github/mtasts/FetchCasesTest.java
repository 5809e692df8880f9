// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.ResultType;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rows of {@code fetch.jsonl} about the cache, the back-off and the order of the steps. */
@SuppressWarnings("unchecked")
final class FetchCasesTest {
  private static final String DOMAIN = "case.example";

  /** Rows that {@code FetchConformanceTest} runs, by area. */
  private static final Set<String> AREAS_OF_FETCH_TESTS =
      Set.of("fetch", "content-type", "size", "tls");

  /** Rows that {@link #behavesAsTheRowSays} does not run, and the reason for each. */
  private static final Map<String, String> LEFT_OUT =
      Map.ofEntries(
          Map.entry("fetch-001", "TxtRecordDiscoveryTest follows CNAME records"),
          Map.entry("fetch-010", "a test of its own below"),
          Map.entry("fetch-013", "callers pass a domain without Postfix's brackets and port"),
          Map.entry("fetch-016", "a test of its own below"),
          Map.entry("fetch-115", "StoreTest restarts with a store while DNS and HTTPS are blocked"),
          Map.entry("fetch-118", "a test of its own below"),
          Map.entry("fetch-121", "a test of its own below"),
          Map.entry("fetch-133", "a test of its own below"),
          Map.entry("fetch-136", "there is no last run: each policy has its own renewal time"),
          Map.entry("fetch-139", "RefreshTest lets unused policies expire"),
          Map.entry("fetch-142", "a test of its own below"));

  /** The rows that {@link #behavesAsTheRowSays} runs. */
  private static final Set<String> ROWS =
      Set.of(
          "fetch-004",
          "fetch-007",
          "fetch-094",
          "fetch-097",
          "fetch-100",
          "fetch-103",
          "fetch-106",
          "fetch-109",
          "fetch-112",
          "fetch-124",
          "fetch-127",
          "fetch-130",
          "fetch-145");

  private final FakeInternet net = new FakeInternet();
  private final RecordingListener events = new RecordingListener();
  private final PolicyResolver resolver =
      net.resolver(
          net.builder()
              .recordRecheckFloor(Duration.ZERO)
              .negativeTtl(Duration.ZERO, Duration.ZERO)
              .listener(events));

  static Stream<Map<String, Object>> rows() {
    return JsonLines.read("rfc8461/cases/fetch.jsonl").stream()
        .filter(row -> ROWS.contains(row.get("n")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void behavesAsTheRowSays(Map<String, Object> row) {
    Map<String, Object> given = JsonLines.object(row, "given");
    List<Map<String, Object>> steps = (List<Map<String, Object>>) given.get("steps");
    if (steps == null) {
      resolveAndCheck(given, JsonLines.object(row, "expect"));
      return;
    }
    long at = 0;
    for (Map<String, Object> step : steps) {
      long now = JsonLines.member(step, "at_s", Long.class);
      net.pass(Duration.ofSeconds(now - at));
      at = now;
      resolveAndCheck(JsonLines.object(step, "world"), JsonLines.object(step, "expect"));
    }
  }

  private void resolveAndCheck(Map<String, Object> world, Map<String, Object> expect) {
    publish(world);
    int fetchesBefore = net.fetches.get();
    events.read();
    resolver.resolve(DOMAIN);
    // The first call returns the cached policy and starts a lookup; the second sees its result.
    Resolution resolution = resolver.resolve(DOMAIN);

    assertThat(outcome(resolution)).isEqualTo(expect.get("outcome"));
    if (expect.containsKey("from")) {
      assertThat(((InForce) resolution).fetchedAt().equals(net.instant()) ? "live" : "cache")
          .isEqualTo(expect.get("from"));
    }
    if (expect.containsKey("mode")) {
      assertThat(resolution.policy().orElseThrow().mode().label()).isEqualTo(expect.get("mode"));
    }
    if (expect.containsKey("mx")) {
      assertThat(resolution.policy().orElseThrow().mx().toString())
          .isEqualTo(String.valueOf(expect.get("mx")));
    }
    if (expect.containsKey("max_age")) {
      assertThat(resolution.policy().orElseThrow().maxAge().toSeconds())
          .isEqualTo(expect.get("max_age"));
    }
    if (expect.containsKey("https_requests")) {
      assertThat(net.fetches.get() - fetchesBefore)
          .isEqualTo(JsonLines.member(expect, "https_requests", Long.class).intValue());
    }
    if (expect.containsKey("report")) {
      assertThat(events.read()).contains("failed " + DOMAIN + " " + expect.get("report"));
    }
    if (expect.containsKey("enforced")) {
      assertThat(resolution.decide("any.example").requirement())
          .isEqualTo(Requirement.OPPORTUNISTIC);
    }
  }

  private static String outcome(Resolution resolution) {
    if (resolution.policy().isPresent()) {
      return "policy";
    }
    return resolution instanceof Resolution.Undetermined ? "dns-temporary-error" : "no-policy";
  }

  private void publish(Map<String, Object> world) {
    Object txt = world.get("txt");
    if (txt instanceof List<?> values) {
      net.txt(DOMAIN, 0, values.toArray(String[]::new));
    } else if ("NXDOMAIN".equals(txt)) {
      net.noTxt(DOMAIN, 0);
    } else {
      net.dnsDown(DOMAIN);
    }
    publishPolicy((Map<String, Object>) world.get("https"));
  }

  private void publishPolicy(@Nullable Map<String, Object> https) {
    if (https == null || https.containsKey("connect")) {
      net.broken(DOMAIN, ResultType.STS_POLICY_FETCH_ERROR);
    } else {
      net.policy(DOMAIN, String.valueOf(https.get("body")));
    }
  }

  @Test
  void everyRowRunsOrIsListedWithAReason() {
    Set<String> listed = new HashSet<>(ROWS);
    listed.addAll(LEFT_OUT.keySet());
    List<String> numbers =
        JsonLines.read("rfc8461/cases/fetch.jsonl").stream()
            .filter(row -> !AREAS_OF_FETCH_TESTS.contains(row.get("area")))
            .map(row -> String.valueOf(row.get("n")))
            .toList();

    assertThat(listed).hasSize(ROWS.size() + LEFT_OUT.size());
    assertThat(numbers).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(listed);
  }

  /** Rows fetch-010 and fetch-016: the name that is queried. */
  @Test
  void queriesTheALabelFormAndTheNextHopThatTheCallerNames() {
    resolver.resolve("bücher.example");
    resolver.resolve("smarthost.example");

    assertThat(events.all())
        .containsExactly("record xn--bcher-kva.example ABSENT", "record smarthost.example ABSENT");
  }

  /** Row fetch-118. */
  @Test
  void keepsAtMostTheConfiguredNumberOfPolicies() {
    PolicyResolver small = net.resolver(net.builder().memory(100, 100, 100));
    for (int i = 0; i < 105; i++) {
      net.txt(i + ".example", 60, "v=STSv1; id=1;").enforce(i + ".example", 86_400, "mx.example");
      small.resolve(i + ".example");
    }
    int fetched = net.fetches.get();
    for (int i = 0; i < 105; i++) {
      assertThat(small.resolve(i + ".example").policy()).isPresent();
    }

    assertThat(net.fetches.get() - fetched).as("those beyond the limit").isGreaterThanOrEqualTo(5);
  }

  /** Row fetch-121. */
  @Test
  void cachesOnePolicyPerDomain() {
    for (String domain : List.of("a.example", "b.example")) {
      net.txt(domain, 60, "v=STSv1; id=1;").enforce(domain, 86_400, "mx.example");
      assertThat(resolver.resolve(domain).domain()).isEqualTo(domain);
    }
    assertThat(net.fetches).hasValue(2);
  }

  /** Rows fetch-133 and fetch-142. */
  @Test
  void queriesDnsAtMostOncePerMessageAndKeepsThePolicyWhenDnsFails() {
    net.txt(DOMAIN, 0, "v=STSv1; id=19990907T090909;").enforce(DOMAIN, 86_400, "mx.example");
    Resolution first = resolver.resolve(DOMAIN);
    net.dnsDown(DOMAIN);
    int before = net.questions.get();
    resolver.resolve(DOMAIN);

    assertThat(net.questions.get() - before).isBetween(0, 1);
    assertThat(resolver.resolve(DOMAIN).policy()).isEqualTo(first.policy());
  }
}
