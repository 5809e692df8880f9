// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.PolicyOverride;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

/** Warnings about an overrides file that several resolvers of one command read. */
class OverridesWarningsTest {
  private final StringWriter err = new StringWriter();
  private final OverridesWarnings warnings =
      new OverridesWarnings(
          Path.of("overrides"),
          new Terminal(
              InputStream.nullInputStream(),
              new PrintWriter(new StringWriter()),
              new PrintWriter(err),
              Ansi.OFF));

  private static PolicyOverride ended(String domain) {
    return PolicyOverride.skip(domain)
        .by("alice")
        .because("x")
        .until(Instant.parse("2016-12-01T00:00:00Z"));
  }

  @Test
  void reportsEachEndedOverrideOnce() {
    List<PolicyOverride> both = List.of(ended("a.example"), ended("b.example"));
    warnings.overridesEnded(both);
    warnings.overridesEnded(List.copyOf(both));
    assertThat(err.toString().lines())
        .hasSize(2)
        .allMatch(line -> line.contains("overrides: this override"));

    warnings.overridesEnded(List.of(ended("b.example")));
    assertThat(err.toString().lines()).hasSize(3);
  }
}
