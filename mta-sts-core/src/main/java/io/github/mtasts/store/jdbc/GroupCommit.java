// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import io.github.mtasts.store.PolicyStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes to an SQLite file from one thread, and commits everything that waits at once: SQLite has
 * one writer at a time, and a commit waits for the disk. Safe for use by several threads.
 */
final class GroupCommit implements SqlRunner, AutoCloseable {
  private static final int MOST_AT_ONCE = 500;
  private static final int IDLE_SECONDS = 10;

  private final SqlExecutor executor;
  private final Queue<Write<?>> waiting = new ConcurrentLinkedQueue<>();
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
    for (Write<?> next = waiting.poll(); next != null; next = waiting.poll()) {
      batch.add(next);
      if (batch.size() == MOST_AT_ONCE) {
        break;
      }
    }
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
      batch.forEach(Write::complete);
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
    private final String goal;
    private final SqlRunner.Work<T> work;
    private @Nullable T value;
    private @Nullable Throwable failure;

    Write(String goal, SqlRunner.Work<T> work) {
      this.goal = goal;
      this.work = work;
    }

    void runOn(SqlConnection borrowed) throws SQLException {
      value = null;
      failure = null;
      Savepoint before = borrowed.connection().setSavepoint();
      try {
        value = work.on(borrowed);
        borrowed.connection().releaseSavepoint(before);
      } catch (SQLException e) {
        if (!borrowed.dialect().isRefusedRow(e)) {
          throw e;
        }
        borrowed.connection().rollback(before);
        failure = SqlErrors.toRowRefused(goal, e);
      } catch (RuntimeException e) {
        borrowed.connection().rollback(before);
        failure = e;
      }
    }

    void complete() {
      if (failure != null) {
        result.completeExceptionally(failure);
      } else {
        result.complete(value);
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
        if (e.getCause() instanceof RuntimeException failed) {
          throw failed;
        }
        if (e.getCause() instanceof Error failed) {
          throw failed;
        }
        throw new CompletionException(e.getCause());
      }
    }
  }
}
