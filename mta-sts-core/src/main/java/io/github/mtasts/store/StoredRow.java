package io.github.mtasts.store;

import java.time.DateTimeException;
import java.util.Objects;
import java.util.function.Supplier;

/** What a store holds of one domain: a policy, or something that cannot be read. */
public sealed interface StoredRow permits StoredPolicy, UnreadableRow {

  /**
   * {@return the policy domain in its canonical form; of an unreadable row, the text of its key}
   */
  String domain();

  /**
   * Makes a row of what lies in the storage, for implementations of {@link PolicyStore}.
   *
   * @param domain the text of the row's key
   * @param version the format that the row was written in; see {@link StoredPolicy#FORMAT_VERSION}
   * @param fields makes the policy of the row's fields; what is thrown for nonsense in them ({@link
   *     IllegalArgumentException}, {@link DateTimeException}, {@link ArithmeticException}, {@link
   *     NullPointerException} or {@link ClassCastException}) makes the row unreadable
   * @return the policy, or why it cannot be read
   */
  static StoredRow of(String domain, int version, Supplier<StoredPolicy> fields) {
    if (version < 1 || version > StoredPolicy.FORMAT_VERSION) {
      return new UnreadableRow(
          domain,
          "format: expected version 1 to "
              + StoredPolicy.FORMAT_VERSION
              + ", found "
              + version
              + "; it was written by a newer version of this library, or by something else");
    }
    try {
      return Objects.requireNonNull(fields.get());
    } catch (IllegalArgumentException
        | DateTimeException
        | ArithmeticException
        | NullPointerException
        | ClassCastException nonsense) {
      return new UnreadableRow(domain, String.valueOf(nonsense.getMessage()));
    }
  }
}
