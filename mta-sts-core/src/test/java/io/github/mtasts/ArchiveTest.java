package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.policy.Reading;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How an archive ends. */
final class ArchiveTest {
  private final Archive archive =
      new Archive(
          null,
          new StoredForm(
              Reading.TOLERANT,
              new Lifetimes(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO),
              MxTlsSettings.DEFAULT,
              InstantSource.system(),
              System::nanoTime),
          InstantSource.system(),
          "me");

  @Test
  void endsOnlyWhenWhatIsBeingWrittenIsWritten() {
    CompletableFuture<Boolean> writing =
        new CompletableFuture<Boolean>().completeOnTimeout(true, 100, TimeUnit.MILLISECONDS);
    archive.untilDone(writing);

    archive.close(Duration.ofMinutes(1));

    assertThat(writing).isDone();
  }

  @Test
  void endsInTimeThoughAStoreNeverAnswers() {
    CompletableFuture<Boolean> writing = new CompletableFuture<>();
    archive.untilDone(writing);

    archive.close(Duration.ofMillis(10));

    assertThat(writing).isNotDone();
  }
}
