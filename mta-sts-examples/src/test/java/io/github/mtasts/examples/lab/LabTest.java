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
    List<Played> story = new ArrayList<>();

    Lab.Score score = new Lab().play(new Collecting(story));

    assertThat(story).filteredOn(played -> !played.ok()).isEmpty();
    assertThat(score).isEqualTo(new Lab.Score(story.size(), 0));
    assertThat(story).allSatisfy(played -> assertThat(played.journal()).isNotEmpty());
    assertThat(threadsOfOurs()).isEmpty();
  }

  @Test
  void tellsAnOutcomeThatWasNotExpected() {
    Scenario scenario =
        new Scenario(
            "wrong expectation",
            "The mail host has no TLS, and nobody asks for it.",
            Outcome.verified("mail.plain.example"),
            internet -> {
              internet
                  .mx("plain.example", 10, "mail.plain.example")
                  .withoutTls("mail.plain.example");
              return "plain.example";
            });

    Played played = new Lab().play(scenario);

    assertThat(played.ok()).isFalse();
    assertThat(played.seen()).isEqualTo("delivered in clear to mail.plain.example");
  }

  @Test
  void tellsWhenTheLabItselfBreaks() {
    Scenario scenario =
        new Scenario(
            "broken stage",
            "The stage falls down.",
            Outcome.deferred("nothing"),
            internet -> {
              throw new IllegalStateException("the stage fell down");
            });

    Played played = new Lab().play(scenario);

    assertThat(played.ok()).isFalse();
    assertThat(played.seen()).contains("the stage fell down");
  }

  @Test
  void tellsWhenTheSenderDoesNotNoteWhatItShould() {
    Scenario scenario =
        new Scenario(
            "nothing noted",
            "Mail is delivered as expected, but for another reason.",
            Outcome.inClear("mail.plain.example"),
            internet -> {
              internet
                  .mx("plain.example", 10, "mail.plain.example")
                  .withoutTls("mail.plain.example")
                  .mustBeNoted("mode enforce");
              return "plain.example";
            });

    Played played = new Lab().play(scenario);

    assertThat(played.ok()).isFalse();
    assertThat(played.seen()).contains("expected a note of \"mode enforce\", found none");
  }

  @Test
  void namesEachScenarioOnce() {
    assertThat(Lab.chapters().stream().flatMap(chapter -> chapter.scenarios().stream()))
        .extracting(Scenario::name)
        .hasSizeGreaterThan(30)
        .doesNotHaveDuplicates();
  }

  /** Threads that were told to end may take a moment for it. */
  private static List<String> threadsOfOurs() {
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

  private record Collecting(List<Played> story) implements Lab.Audience {
    @Override
    public void chapter(Chapter chapter) {}

    @Override
    public void scenario(Played played) {
      story.add(played);
    }
  }
}
