// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store;

import java.time.DateTimeException;
import java.util.Objects;
import java.util.function.Supplier;

/** One row of a store: a policy, or a row that cannot be read. Immutable, hence thread-safe. */
public sealed interface StoredRow permits StoredPolicy, UnreadableRow {

  /**
   * {@return the policy domain in its canonical form; for an unreadable row, the text of its key}
   */
  String domain();

  /**
   * Creates a row from stored values, for implementations of {@link PolicyStore}.
   *
   * @param domain the text of the row's key
   * @param version the format version of the row; see {@link StoredPolicy#FORMAT_VERSION}
   * @param policy creates the policy from the row's fields; an exception for invalid fields ({@link
   *     IllegalArgumentException}, {@link DateTimeException}, {@link ArithmeticException}, {@link
   *     NullPointerException} or {@link ClassCastException}) makes the row unreadable
   * @return the policy, or the reason why it cannot be read
   */
  static StoredRow of(String domain, int version, Supplier<StoredPolicy> policy) {
    if (version < 1 || version > StoredPolicy.FORMAT_VERSION) {
      return new UnreadableRow(
          domain,
          "format: expected version 1 to "
              + StoredPolicy.FORMAT_VERSION
              + ", found "
              + version
              + "; a newer version of this library or another program wrote this row");
    }
    try {
      return Objects.requireNonNull(policy.get());
    } catch (IllegalArgumentException
        | DateTimeException
        | ArithmeticException
        | NullPointerException
        | ClassCastException invalid) {
      return new UnreadableRow(domain, String.valueOf(invalid.getMessage()));
    }
  }
}
