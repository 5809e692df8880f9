// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LabTest {

  @Test
  @Tag("rfc-item-62")
  @Tag("rfc-item-66")
  @Tag("rfc-item-67")
  @Tag("rfc-item-70")
  @Tag("rfc-item-71")
  @Tag("rfc-item-72")
  @Tag("rfc-item-77")
  @Tag("rfc-item-78")
  void endsEveryScenarioAsExpectedAndLeavesNothingRunning() {
    List<ScenarioRun> runs = new ArrayList<>();

    Lab.Summary summary = new Lab().run(new Collector(runs));

    assertThat(runs).filteredOn(run -> !run.ok()).isEmpty();
    assertThat(summary).isEqualTo(new Lab.Summary(runs.size(), 0));
    assertThat(runs).allSatisfy(run -> assertThat(run.log()).isNotEmpty());
    assertThat(libraryThreads()).isEmpty();
  }

  @Test
  void reportsAnUnexpectedResult() {
    Scenario scenario =
        new Scenario(
            "wrong expectation",
            "The MX host has no TLS, and no policy requires it.",
            ScenarioResult.verified("mail.plain.example"),
            network -> {
              network
                  .mx("plain.example", 10, "mail.plain.example")
                  .withoutTls("mail.plain.example");
              return "plain.example";
            });

    ScenarioRun run = new Lab().run(scenario);

    assertThat(run.ok()).isFalse();
    assertThat(run.seen()).isEqualTo("delivered in clear text to mail.plain.example");
  }

  @Test
  void reportsAFailureOfTheLab() {
    Scenario scenario =
        new Scenario(
            "failing setup",
            "The setup fails.",
            ScenarioResult.deferred("nothing"),
            network -> {
              throw new IllegalStateException("the setup failed");
            });

    ScenarioRun run = new Lab().run(scenario);

    assertThat(run.ok()).isFalse();
    assertThat(run.seen()).contains("the setup failed");
  }

  @Test
  void reportsAMissingLogEntry() {
    Scenario scenario =
        new Scenario(
            "nothing logged",
            "Mail is delivered as expected, but for another reason.",
            ScenarioResult.inClear("mail.plain.example"),
            network -> {
              network
                  .mx("plain.example", 10, "mail.plain.example")
                  .withoutTls("mail.plain.example")
                  .mustLog("mode enforce");
              return "plain.example";
            });

    ScenarioRun run = new Lab().run(scenario);

    assertThat(run.ok()).isFalse();
    assertThat(run.seen()).contains("expected a log entry with \"mode enforce\", found none");
  }

  @Test
  void namesEachScenarioOnce() {
    assertThat(Lab.groups().stream().flatMap(group -> group.scenarios().stream()))
        .extracting(Scenario::name)
        .hasSizeGreaterThan(30)
        .doesNotHaveDuplicates();
  }

  /** Waits for threads that are ending. */
  private static List<String> libraryThreads() {
    long deadline = System.nanoTime() + 60_000_000_000L;
    List<String> names = names();
    while (!names.isEmpty() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
      names = names();
    }
    return names;
  }

  private static List<String> names() {
    Stream<String> alive = Thread.getAllStackTraces().keySet().stream().map(Thread::getName);
    return alive.filter(name -> name.startsWith("mta-sts-")).toList();
  }

  private record Collector(List<ScenarioRun> runs) implements Lab.Listener {
    @Override
    public void group(ScenarioGroup group) {}

    @Override
    public void scenario(ScenarioRun run) {
      runs.add(run);
    }
  }
}
