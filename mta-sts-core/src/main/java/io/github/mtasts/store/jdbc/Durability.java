package io.github.mtasts.store.jdbc;

import java.util.Optional;

/** What has a database keep what it has committed, whatever happens to its process. */
enum Durability {
  /** It does, as long as nobody told it otherwise. */
  BY_COMMIT(Optional.empty(), Optional.empty()),

  /**
   * H2 leaves it to a thread of its own to write what was committed, half a second later.
   *
   * <p>A checkpoint writes it at once, but not what that thread has begun to write: it takes that
   * for written, and a kill in between loses it. Hence no such thread, by a delay of none; and a
   * checkpoint all the same, which waits for the disk and not just for the operating system.
   */
  BY_COMMAND(Optional.of("SET WRITE_DELAY 0"), Optional.of("CHECKPOINT SYNC"));

  /** Once, before the first write. */
  final Optional<String> atFirst;

  /** After each write that must not be lost. */
  final Optional<String> afterWrite;

  Durability(Optional<String> atFirst, Optional<String> afterWrite) {
    this.atFirst = atFirst;
    this.afterWrite = afterWrite;
  }
}
