// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.PolicyOverride;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

  @Test
  void reportsAnEndedOverrideOnOneLineAndKeepsTheLibraryFromLoggingIt(@TempDir Path directory)
      throws IOException {
    Path file = directory.resolve("overrides");
    Files.writeString(file, "a.example skip until=2016-12-01T00:00:00Z author=alice reason=x\n");
    Logged logged = new Logged();
    Logger library = Logger.getLogger("io.github.mtasts");
    library.addHandler(logged);
    try {
      CommandRun run =
          CommandRun.of(
              "check",
              "--dns",
              "127.0.0.1:1",
              "--timeout",
              "1",
              "--overrides",
              file.toString(),
              "--mx",
              "mx.a.example",
              "a.example");
      assertThat(run.err()).filteredOn(line -> line.contains("has ended")).hasSize(1);
      assertThat(logged.messages).isEmpty();
    } finally {
      library.removeHandler(logged);
    }
  }

  /** Keeps what is logged. */
  private static final class Logged extends Handler {
    private final List<String> messages = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord entry) {
      messages.add(entry.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
