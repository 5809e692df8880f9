// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import java.util.Optional;

/** How a database keeps committed data when its process is killed. */
enum Durability {
  /** A commit is durable, unless the database is configured otherwise. */
  BY_COMMIT(Optional.empty(), Optional.empty()),

  /**
   * H2: a background thread writes commits to the file, half a second later.
   *
   * <p>A checkpoint writes commits at once, except those that the background thread has begun to
   * write: it treats them as written, and a kill at that moment loses them. So a write delay of 0
   * turns the background thread off. The checkpoint is still needed: it waits for the disk, not
   * only for the operating system.
   */
  BY_COMMAND(Optional.of("SET WRITE_DELAY 0"), Optional.of("CHECKPOINT SYNC"));

  /** The statement to run once, before the first write. */
  final Optional<String> beforeFirstWrite;

  /** The statement to run after each write that must not be lost. */
  final Optional<String> afterWrite;

  Durability(Optional<String> beforeFirstWrite, Optional<String> afterWrite) {
    this.beforeFirstWrite = beforeFirstWrite;
    this.afterWrite = afterWrite;
  }
}
