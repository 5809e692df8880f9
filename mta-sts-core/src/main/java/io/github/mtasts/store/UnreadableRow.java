package io.github.mtasts.store;

import io.github.mtasts.policy.Excerpt;
import java.util.Objects;

/**
 * A row that holds no policy which this version can read: corrupt, over-long, or written by a newer
 * version.
 *
 * <p>It is told to listeners and counts as absent. Immutable, hence thread-safe.
 *
 * @param domain the text of its key, cut and made fit to be shown
 * @param detail what was expected and what was found
 */
public record UnreadableRow(String domain, String detail) implements StoredRow {
  private static final int DOMAIN_SHOWN = 260;

  /**
   * Makes what comes from outside fit to be shown.
   *
   * @param domain the text of its key
   * @param detail what was expected and what was found
   */
  public UnreadableRow {
    domain = Excerpt.of(domain, DOMAIN_SHOWN);
    Objects.requireNonNull(detail, "detail");
  }
}
