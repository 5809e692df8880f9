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

/** What is said of an overrides file that several resolvers of one command read. */
class OverridesAlarmTest {
  private final StringWriter err = new StringWriter();
  private final OverridesAlarm alarm =
      new OverridesAlarm(
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
  void tellsTheSameOfThemAllOnce() {
    List<PolicyOverride> both = List.of(ended("a.example"), ended("b.example"));
    alarm.overridesEnded(both);
    alarm.overridesEnded(List.copyOf(both));
    assertThat(err.toString().lines())
        .hasSize(2)
        .allMatch(line -> line.contains("overrides: this"));

    alarm.overridesEnded(List.of(ended("b.example")));
    assertThat(err.toString().lines()).hasSize(3);
  }
}
