package io.github.mtasts.store;

import java.util.Objects;

/**
 * A row that holds no policy which this version can read: corrupt, over-long, or written by a newer
 * version.
 *
 * <p>It is told to listeners and counts as absent. Immutable, hence thread-safe.
 *
 * @param domain the text of its key as it is, which may be anything: to be shown only through
 *     {@link io.github.mtasts.policy.Excerpt}
 * @param detail what was expected and what was found
 */
public record UnreadableRow(String domain, String detail) implements StoredRow {
  /**
   * Takes parts that are not null.
   *
   * @param domain the text of its key
   * @param detail what was expected and what was found
   */
  public UnreadableRow {
    Objects.requireNonNull(domain, "domain");
    Objects.requireNonNull(detail, "detail");
  }
}
