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
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rows of the fetch cases that are about remembering: cache, back-off, refresh and flow. */
@SuppressWarnings("unchecked")
final class FetchCasesTest {
  private static final String DOMAIN = "case.example";

  /** Rows that {@code FetchConformanceTest} runs, by area. */
  private static final Set<String> AREAS_OF_FETCH_TESTS =
      Set.of("fetch", "content-type", "size", "tls");

  /** Rows that {@link #behavesAsStated} does not run, and the reason for each. */
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

  /** The other rows: given state or steps that only the resolver decides. */
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
  private final RecordingListener diary = new RecordingListener();
  private final PolicyResolver resolver =
      net.resolver(
          net.builder()
              .recordRecheckFloor(Duration.ZERO)
              .negativeTtl(Duration.ZERO, Duration.ZERO)
              .listener(diary));

  static Stream<Map<String, Object>> rows() {
    return JsonLines.read("rfc8461/cases/fetch.jsonl").stream()
        .filter(row -> ROWS.contains(row.get("n")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void behavesAsStated(Map<String, Object> row) {
    Map<String, Object> given = map(row, "given");
    List<Map<String, Object>> steps = (List<Map<String, Object>>) given.get("steps");
    if (steps == null) {
      see(given, map(row, "expect"));
      return;
    }
    long at = 0;
    for (Map<String, Object> step : steps) {
      long now = number(step, "at_s");
      net.pass(Duration.ofSeconds(now - at));
      at = now;
      see(map(step, "world"), map(step, "expect"));
    }
  }

  private void see(Map<String, Object> world, Map<String, Object> expect) {
    apply(world);
    int fetchesBefore = net.fetches.get();
    diary.read();
    resolver.resolve(DOMAIN);
    // The first question about a known domain is answered at once; the second sees what it found.
    Resolution seen = resolver.resolve(DOMAIN);

    assertThat(outcome(seen)).isEqualTo(expect.get("outcome"));
    if (expect.containsKey("from")) {
      assertThat(((InForce) seen).fetchedAt().equals(net.instant()) ? "live" : "cache")
          .isEqualTo(expect.get("from"));
    }
    if (expect.containsKey("mode")) {
      assertThat(seen.policy().orElseThrow().mode().label()).isEqualTo(expect.get("mode"));
    }
    if (expect.containsKey("mx")) {
      assertThat(seen.policy().orElseThrow().mx().toString())
          .isEqualTo(String.valueOf(expect.get("mx")));
    }
    if (expect.containsKey("max_age")) {
      assertThat(seen.policy().orElseThrow().maxAge().toSeconds())
          .isEqualTo(number(expect, "max_age"));
    }
    if (expect.containsKey("https_requests")) {
      assertThat(net.fetches.get() - fetchesBefore)
          .isEqualTo((int) number(expect, "https_requests"));
    }
    if (expect.containsKey("report")) {
      assertThat(diary.read()).contains("failed " + DOMAIN + " " + expect.get("report"));
    }
    if (expect.containsKey("enforced")) {
      assertThat(seen.decide("any.example").requirement()).isEqualTo(Requirement.OPPORTUNISTIC);
    }
  }

  private static String outcome(Resolution seen) {
    if (seen.policy().isPresent()) {
      return "policy";
    }
    return ((Resolution.NoPolicy) seen).reason() == Resolution.Reason.DNS_UNAVAILABLE
        ? "dns-temporary-error"
        : "no-policy";
  }

  private void apply(Map<String, Object> world) {
    Object txt = world.get("txt");
    if (txt instanceof List<?> values) {
      net.txt(DOMAIN, 0, values.toArray(String[]::new));
    } else if ("NXDOMAIN".equals(txt)) {
      net.noTxt(DOMAIN, 0);
    } else {
      net.dnsDown(DOMAIN);
    }
    host((Map<String, Object>) world.get("https"));
  }

  private void host(@Nullable Map<String, Object> https) {
    if (https == null || https.containsKey("connect")) {
      net.broken(DOMAIN, ResultType.STS_POLICY_FETCH_ERROR);
    } else {
      net.policy(DOMAIN, String.valueOf(https.get("body")));
    }
  }

  private static Map<String, Object> map(Map<String, Object> row, String key) {
    return (Map<String, Object>) Objects.requireNonNull(row.get(key), key);
  }

  private static long number(Map<String, Object> row, String key) {
    return ((Number) Objects.requireNonNull(row.get(key), key)).longValue();
  }

  @Test
  void everyRowRunsOrIsListedWithAReason() {
    Set<String> accounted = new HashSet<>(ROWS);
    accounted.addAll(LEFT_OUT.keySet());
    List<String> numbers =
        JsonLines.read("rfc8461/cases/fetch.jsonl").stream()
            .filter(row -> !AREAS_OF_FETCH_TESTS.contains(row.get("area")))
            .map(row -> String.valueOf(row.get("n")))
            .toList();

    assertThat(accounted).hasSize(ROWS.size() + LEFT_OUT.size());
    assertThat(numbers).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(accounted);
  }

  /** Rows fetch-010 and fetch-016: the name that is asked for. */
  @Test
  void asksForTheALabelFormAndForTheNextHopThatTheCallerNames() {
    resolver.resolve("bücher.example");
    resolver.resolve("smarthost.example");

    assertThat(diary.all())
        .containsExactly("record xn--bcher-kva.example ABSENT", "record smarthost.example ABSENT");
  }

  /** Row fetch-118. */
  @Test
  void keepsItsBoundOnPolicies() {
    PolicyResolver small = net.resolver(net.builder().memory(100, 100, 100));
    for (int i = 0; i < 105; i++) {
      net.txt(i + ".example", 60, "v=STSv1; id=1;").enforce(i + ".example", 86_400, "mx.example");
      small.resolve(i + ".example");
    }
    int fetched = net.fetches.get();
    for (int i = 0; i < 105; i++) {
      assertThat(small.resolve(i + ".example").policy()).isPresent();
    }

    assertThat(net.fetches.get() - fetched).as("those beyond the bound").isGreaterThanOrEqualTo(5);
  }

  /** Row fetch-121. */
  @Test
  void keepsPoliciesPerDomain() {
    for (String domain : List.of("a.example", "b.example")) {
      net.txt(domain, 60, "v=STSv1; id=1;").enforce(domain, 86_400, "mx.example");
      assertThat(resolver.resolve(domain).domain()).isEqualTo(domain);
    }
    assertThat(net.fetches).hasValue(2);
  }

  /** Rows fetch-133 and fetch-142. */
  @Test
  void asksDnsAtMostOnceAMessageAndKeepsItsMemoryWhenDnsIsDead() {
    net.txt(DOMAIN, 0, "v=STSv1; id=19990907T090909;").enforce(DOMAIN, 86_400, "mx.example");
    Resolution first = resolver.resolve(DOMAIN);
    net.dnsDown(DOMAIN);
    int before = net.questions.get();
    resolver.resolve(DOMAIN);

    assertThat(net.questions.get() - before).isBetween(0, 1);
    assertThat(resolver.resolve(DOMAIN).policy()).isEqualTo(first.policy());
  }
}
