// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store;

import java.util.Objects;

/**
 * A row without a policy that this version can read: corrupt, too long, or written by a newer
 * version.
 *
 * <p>The resolver reports it to its listener and treats it as absent. Immutable, hence thread-safe.
 *
 * @param domain the text of its key, unchecked: it may contain anything, so show it only through
 *     {@link io.github.mtasts.policy.Excerpt}
 * @param detail what was expected and what was found
 */
public record UnreadableRow(String domain, String detail) implements StoredRow {
  /**
   * Checks that no value is null.
   *
   * @param domain the text of its key
   * @param detail what was expected and what was found
   */
  public UnreadableRow {
    Objects.requireNonNull(domain, "domain");
    Objects.requireNonNull(detail, "detail");
  }
}
