// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Compares patterns with a naive implementation of RFC 8461 §4.1. */
class MxPatternFuzzTest {
  /** The first blank separates the pattern from the host; neither can contain one. */
  @FuzzTest(maxDuration = "10m")
  void matchesWhatANaiveComparisonMatches(@NotNull String text) {
    int blank = text.indexOf(' ');
    if (blank < 0) {
      return;
    }
    Optional<MxPattern> pattern = read(MxPattern::of, text.substring(0, blank));
    Optional<DomainName> host = read(DomainName::of, text.substring(blank + 1));
    if (pattern.isPresent() && host.isPresent()) {
      assertThat(pattern.get().matches(host.get()))
          .isEqualTo(lists(labels(pattern.get().text()), labels(host.get().value())));
    }
  }

  private static <T> Optional<T> read(Function<String, T> reader, String text) {
    try {
      return Optional.of(reader.apply(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static List<String> labels(String name) {
    return Arrays.asList(name.toLowerCase(Locale.ROOT).split("\\.", -1));
  }

  private static boolean lists(List<String> pattern, List<String> host) {
    if (pattern.size() != host.size()) {
      return false;
    }
    boolean first = pattern.get(0).equals("*") || pattern.get(0).equals(host.get(0));
    return first && pattern.subList(1, pattern.size()).equals(host.subList(1, host.size()));
  }
}
