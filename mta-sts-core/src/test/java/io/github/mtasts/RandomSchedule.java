// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs the steps of a resolver, its calls to a store and the answers of a network on the test's
 * thread, in an order that the random numbers decide.
 */
final class RandomSchedule implements Executor {
  private final Random random;
  private final List<Runnable> tasks = new ArrayList<>();
  private final List<Runnable> network = new ArrayList<>();
  private boolean isFull;
  private boolean runsAtOnce;

  RandomSchedule(Random random) {
    this.random = random;
  }

  /** Takes a step or a call; a full executor refuses some of them. */
  @Override
  public void execute(Runnable task) {
    if (runsAtOnce) {
      task.run();
      return;
    }
    if (isFull && random.nextInt(4) == 0) {
      if (random.nextBoolean()) {
        throw new RejectedExecutionException("full");
      }
      throw new OutOfMemoryError("unable to create native thread");
    }
    tasks.add(task);
  }

  /** Takes an answer that the network gives some time. */
  void later(Runnable answer) {
    network.add(answer);
  }

  boolean isFull() {
    return isFull;
  }

  void full(boolean next) {
    isFull = next;
  }

  /** Runs work, and at once all steps and calls that it causes. */
  void atOnce(Runnable work) {
    runsAtOnce = true;
    try {
      work.run();
    } finally {
      runsAtOnce = false;
    }
  }

  /** Runs some of what waits. */
  void runSome() {
    for (int i = random.nextInt(12); i > 0; i--) {
      runOne(random.nextInt(5) == 0 ? network : tasks);
    }
  }

  private void runOne(List<Runnable> waiting) {
    if (!waiting.isEmpty()) {
      waiting.remove(random.nextInt(waiting.size())).run();
    }
  }

  /** Runs all steps and calls; the network still takes its time. */
  void runTasks() {
    while (!tasks.isEmpty()) {
      runOne(tasks);
    }
  }

  /** Runs everything. */
  void runAll() {
    while (!tasks.isEmpty() || !network.isEmpty()) {
      runTasks();
      runOne(network);
    }
  }
}
