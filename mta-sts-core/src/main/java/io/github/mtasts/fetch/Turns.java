package io.github.mtasts.fetch;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BooleanSupplier;

/**
 * Lets at most so many fetches be under way and the others wait, first come, first served.
 *
 * <p>Waiting takes no thread. Safe for use by several threads.
 */
final class Turns {
  private final Queue<BooleanSupplier> waiting = new ArrayDeque<>();
  private final int limit;
  private int taken;

  Turns(int limit) {
    this.limit = limit;
  }

  /**
   * Asks for a turn.
   *
   * @param starter asked once when the turn has come, here or in a thread that gives one back; says
   *     whether it takes the turn, and if so must have handed over to an executor, for otherwise a
   *     long queue of fetches that fail at once would be as deep a recursion; must not throw
   */
  void ask(BooleanSupplier starter) {
    synchronized (this) {
      if (taken == limit) {
        waiting.add(starter);
        return;
      }
      taken++;
    }
    if (!starter.getAsBoolean()) {
      giveBack();
    }
  }

  /** Gives a turn back, to the one that has waited longest and still wants it. */
  void giveBack() {
    BooleanSupplier next;
    do {
      synchronized (this) {
        next = waiting.poll();
        if (next == null) {
          taken--;
          return;
        }
      }
    } while (!next.getAsBoolean());
  }
}
