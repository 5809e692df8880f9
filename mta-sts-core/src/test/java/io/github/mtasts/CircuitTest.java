package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

/** How a store that fails, and then does not, is told of. */
final class CircuitTest {
  private final Deque<Runnable> threads = new ArrayDeque<>();
  private final Diary diary = new Diary();
  private final Circuit circuit = new Circuit("reading", diary, () -> 0, threads::add);

  @Test
  void isToldInTheOrderInWhichItHappenedThoughTheLastThreadIsTheFirst() {
    circuit.failed("refused");
    circuit.succeeded();
    circuit.failed("refused again");

    while (!threads.isEmpty()) {
      threads.removeLast().run();
    }

    assertThat(diary.all())
        .containsExactly(
            "store failed reading refused",
            "store recovered reading",
            "store failed reading refused again");
  }
}
