// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.mtasts.store.PolicyStoreException;
import io.github.mtasts.store.RowRefusedException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several writes in one commit. */
@Timeout(60)
final class GroupCommitTest {
  private final SqliteFile file;
  private final AtomicInteger commits = new AtomicInteger();
  private final GroupCommit writes;
  private final CountDownLatch running = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);

  GroupCommitTest(@TempDir Path directory) {
    file = new SqliteFile(directory.resolve("numbers.db"));
    writes = new GroupCommit(new SqlExecutor(this::connection, 5));
  }

  private Connection connection() throws SQLException {
    commits.incrementAndGet();
    return file.open();
  }

  @BeforeEach
  void createTable() throws Exception {
    try (Connection connection = file.open();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE numbers (n INTEGER PRIMARY KEY CHECK (n > 0))");
    }
  }

  @AfterEach
  void close() {
    release.countDown();
    writes.close();
  }

  @Test
  void writesThatWaitAreCommittedTogether() throws Exception {
    FutureTask<Integer> first = block();
    List<FutureTask<Integer>> waiting = insertWhileBlocked(1, 2, 3);

    release.countDown();

    first.get();
    for (FutureTask<Integer> each : waiting) {
      assertThat(each.get()).isOne();
    }
    assertThat(commits).hasValue(2);
    assertThat(numbers()).containsExactly(1, 2, 3);
  }

  @Test
  void aRefusedRowFailsAloneInItsCommit() throws Exception {
    FutureTask<Integer> first = block();
    List<FutureTask<Integer>> waiting = insertWhileBlocked(1, -2, 3);

    release.countDown();

    first.get();
    assertThat(waiting.get(0).get()).isOne();
    assertThatThrownBy(() -> waiting.get(1).get())
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(RowRefusedException.class);
    assertThat(waiting.get(2).get()).isOne();
    assertThat(commits).hasValue(2);
    assertThat(numbers()).containsExactly(1, 3);
  }

  @Test
  void aWriteThatThrowsFailsAloneAndLeavesNothingBehind() throws Exception {
    FutureTask<Integer> first = block();
    List<FutureTask<Integer>> waiting = new ArrayList<>(insertWhileBlocked(1));
    waiting.add(
        start(
            connection -> {
              connection.update("INSERT INTO numbers VALUES (2)");
              throw new IllegalStateException("a defect");
            }));

    release.countDown();

    first.get();
    assertThat(waiting.get(0).get()).isOne();
    assertThatThrownBy(() -> waiting.get(1).get()).hasCauseInstanceOf(IllegalStateException.class);
    assertThat(numbers()).containsExactly(1);
  }

  @Test
  void anErrorOfTheDatabaseFailsAllWritesOfTheCommit() throws Exception {
    FutureTask<Integer> first = block();
    List<FutureTask<Integer>> waiting = new ArrayList<>(insertWhileBlocked(1));
    waiting.add(start(connection -> connection.update("INSERT INTO missing VALUES (2)")));

    release.countDown();

    first.get();
    for (FutureTask<Integer> each : waiting) {
      assertThatThrownBy(each::get)
          .hasCauseInstanceOf(PolicyStoreException.class)
          .hasMessageContaining("no such table: missing");
    }
    assertThat(numbers()).isEmpty();
  }

  @Test
  void anInterruptedCallerDisturbsNoOtherWrite() throws Exception {
    FutureTask<Integer> first = block();
    AtomicBoolean isStillInterrupted = new AtomicBoolean();
    FutureTask<Integer> interrupted =
        new FutureTask<>(
            () -> {
              try {
                return writes.run("to write", insert(1));
              } finally {
                isStillInterrupted.set(Thread.currentThread().isInterrupted());
              }
            });
    Thread caller = startAndAwait(interrupted);
    List<FutureTask<Integer>> waiting = insertWhileBlocked(2);

    caller.interrupt();

    assertThatThrownBy(interrupted::get)
        .hasCauseInstanceOf(PolicyStoreException.class)
        .hasMessageContaining("found the thread interrupted");
    assertThat(isStillInterrupted).isTrue();
    release.countDown();
    first.get();
    assertThat(waiting.get(0).get()).isOne();
    assertThat(writes.run("to write", insert(3))).isOne();
    assertThat(numbers()).contains(2, 3);
  }

  @Test
  void whatWaitsWhenItIsClosedIsStillWritten() throws Exception {
    FutureTask<Integer> first = block();
    List<FutureTask<Integer>> waiting = insertWhileBlocked(1, 2);

    writes.close();
    release.countDown();

    first.get();
    for (FutureTask<Integer> each : waiting) {
      assertThat(each.get()).isOne();
    }
    assertThat(numbers()).containsExactly(1, 2);
  }

  /** Starts a write that ends when it is released, so that all later ones wait. */
  private FutureTask<Integer> block() throws InterruptedException {
    FutureTask<Integer> first =
        start(
            connection -> {
              running.countDown();
              try {
                return release.await(30, TimeUnit.SECONDS) ? 0 : -1;
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
    return first;
  }

  private List<FutureTask<Integer>> insertWhileBlocked(int... numbers) {
    List<FutureTask<Integer>> tasks = new ArrayList<>();
    for (int number : numbers) {
      tasks.add(start(insert(number)));
    }
    return tasks;
  }

  private static SqlRunner.Work<Integer> insert(int number) {
    return connection -> connection.update("INSERT INTO numbers VALUES (?)", number);
  }

  private FutureTask<Integer> start(SqlRunner.Work<Integer> work) {
    FutureTask<Integer> task = new FutureTask<>(() -> writes.run("to write", work));
    startAndAwait(task);
    return task;
  }

  /** Starts a write in a thread of its own, and returns when it waits for the commit. */
  private static Thread startAndAwait(FutureTask<Integer> task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    while (thread.getState() != Thread.State.WAITING) {
      assertThat(task.isDone()).isFalse();
      Thread.onSpinWait();
    }
    return thread;
  }

  private List<Integer> numbers() {
    return new SqlExecutor(file, 5)
        .run(
            "to read",
            connection ->
                connection.query("SELECT n FROM numbers ORDER BY n", row -> row.getInt(1)));
  }
}
