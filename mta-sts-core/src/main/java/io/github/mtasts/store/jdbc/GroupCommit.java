// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import io.github.mtasts.store.PolicyStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Writes to an SQLite file from one thread, and commits everything that waits at once: SQLite has
 * one writer at a time, and a commit waits for the disk. Safe for use by several threads.
 */
final class GroupCommit implements SqlRunner, AutoCloseable {
  private static final int MOST_AT_ONCE = 500;
  private static final int IDLE_SECONDS = 10;

  private final SqlExecutor executor;
  private final BlockingQueue<Write<?>> waiting = new LinkedBlockingQueue<>();
  private final ThreadPoolExecutor thread;

  GroupCommit(SqlExecutor executor) {
    this.executor = executor;
    this.thread =
        new ThreadPoolExecutor(
            1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), GroupCommit::thread);
    thread.allowCoreThreadTimeOut(true);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "mta-sts-store-file");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public <T> T run(String goal, SqlRunner.Work<T> work) {
    Write<T> write = new Write<>(goal, work);
    waiting.add(write);
    try {
      thread.execute(this::commitAll);
    } catch (RuntimeException | Error closedOrNoThread) {
      waiting.remove(write);
      throw new PolicyStoreException(
          "policy store: expected " + goal + ", found no thread for it", closedOrNoThread);
    }
    return write.await();
  }

  private void commitAll() {
    List<Write<?>> batch = new ArrayList<>();
    waiting.drainTo(batch, MOST_AT_ONCE);
    if (batch.isEmpty()) {
      return; // an earlier commit has taken it
    }
    try {
      var unused =
          executor.run(
              batch.get(0).goal,
              connection -> {
                commit(connection, batch);
                return true;
              });
      batch.forEach(write -> write.complete.run());
    } catch (Throwable failure) {
      batch.forEach(write -> write.result.completeExceptionally(failure));
    }
  }

  private static void commit(SqlConnection borrowed, List<Write<?>> batch) throws SQLException {
    Connection connection = borrowed.connection();
    connection.setAutoCommit(false);
    for (Write<?> write : batch) {
      write.runOn(borrowed);
    }
    // Commits. The driver's commit() also begins another transaction, and if that failed, the
    // committed writes would be repeated. After an exception, closing the connection rolls back.
    connection.setAutoCommit(true);
  }

  /** Ends the thread once everything that waits is written. */
  @Override
  public void close() {
    thread.shutdown();
  }

  /** One write, which fails alone if the database refuses what is in it. */
  private static final class Write<T> {
    final CompletableFuture<T> result = new CompletableFuture<>();
    final String goal;
    private final SqlRunner.Work<T> work;

    /** Completes the result once the transaction is committed. */
    Runnable complete = () -> {};

    Write(String goal, SqlRunner.Work<T> work) {
      this.goal = goal;
      this.work = work;
    }

    void runOn(SqlConnection borrowed) throws SQLException {
      Savepoint before = borrowed.connection().setSavepoint();
      try {
        T value = work.on(borrowed);
        borrowed.connection().releaseSavepoint(before);
        complete = () -> result.complete(value);
      } catch (SQLException | RuntimeException e) {
        if (e instanceof SQLException other && !borrowed.dialect().isRefusedRow(other)) {
          throw other;
        }
        borrowed.connection().rollback(before);
        RuntimeException failure =
            e instanceof SQLException refused
                ? SqlErrors.toRowRefused(goal, refused)
                : (RuntimeException) e;
        complete = () -> result.completeExceptionally(failure);
      }
    }

    T await() {
      try {
        return result.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new PolicyStoreException(
            "policy store: expected " + goal + ", found the thread interrupted", e);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Error failed) {
          throw failed;
        }
        throw (RuntimeException) e.getCause();
      }
    }
  }
}
