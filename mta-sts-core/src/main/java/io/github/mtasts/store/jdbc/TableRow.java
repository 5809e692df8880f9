// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One row of the table.
 *
 * @param domain the key
 * @param stamp a random number that each write of a policy changes; a write is conditional on it,
 *     so it fails if another node wrote after the row was read
 * @param policy the policy, or why it cannot be read
 */
record TableRow(String domain, long stamp, StoredRow policy) {

  /** Reads the columns that {@link PolicyTable} selects. */
  static TableRow of(ResultSet row) throws SQLException {
    String domain = row.getString(1);
    int format = row.getInt(2);
    long stamp = row.getLong(3);
    try {
      return new TableRow(domain, stamp, StoredRow.of(domain, format, () -> toPolicy(row)));
    } catch (UncheckedSqlException e) {
      throw e.thrown;
    }
  }

  /** Reads a number that may be NULL from the first column. */
  static Optional<Long> nullableLong(ResultSet row) throws SQLException {
    return nullableLong(row, 1);
  }

  /** The parameters of {@link PolicyTable#insert}. */
  static @Nullable Object[] toInsert(StoredPolicy policy) {
    return values(policy, policy.lastUsedAt().toEpochMilli()).toArray();
  }

  /** The parameters of {@link PolicyTable#replace}; a use recorded meanwhile is kept. */
  @Nullable Object[] toReplace(StoredPolicy replacement, Instant now) {
    long lastUsed = replacement.lastUsedAt().toEpochMilli();
    long latest = now.plusSeconds(PolicyStore.FUTURE_TOLERANCE_SECONDS).toEpochMilli();
    // The time of an unreadable row is not kept: no stored time is later than Long.MAX_VALUE.
    long earliest = policy instanceof StoredPolicy ? lastUsed : Long.MAX_VALUE;
    List<@Nullable Object> values = values(replacement, earliest, latest, lastUsed);
    values.add(replacement.domain());
    values.add(stamp);
    return values.toArray();
  }

  private static List<@Nullable Object> values(StoredPolicy policy, Long... uses) {
    List<@Nullable Object> values =
        new ArrayList<>(
            Arrays.<@Nullable Object>asList(
                StoredPolicy.FORMAT_VERSION,
                newStamp(),
                policy.id(),
                policy.mode().label(),
                policy.text(),
                policy.fetchedAt().toEpochMilli(),
                policy.expiresAt().toEpochMilli()));
    values.addAll(List.of(uses));
    values.addAll(failureValues(policy.lastFailure()));
    values.add(policy.domain());
    return values;
  }

  static long newStamp() {
    return ThreadLocalRandom.current().nextLong();
  }

  /** The values of the columns of a failure, in the order of the statements. */
  static List<@Nullable Object> failureValues(Optional<StoredFailure> failure) {
    return Arrays.asList(
        failure.map(f -> f.at().toEpochMilli()).orElse(null),
        failure.map(StoredFailure::failures).orElse(null),
        failure.map(f -> f.retryAt().toEpochMilli()).orElse(null),
        failure.flatMap(StoredFailure::resultType).map(ResultType::label).orElse(null),
        failure.map(StoredFailure::detail).orElse(null));
  }

  private static StoredPolicy toPolicy(ResultSet row) {
    try {
      return new StoredPolicy(
          row.getString(1),
          required(row.getString(4), "policy_id"),
          required(row.getString(6), "policy_text"),
          labelled(
              "policy_mode", "enforce, testing or none", row.getString(5), PolicyMode::ofLabel),
          instant(row, 7, "fetched_at"),
          instant(row, 8, "expires_at"),
          instant(row, 9, "last_used_at"),
          nullableLong(row, 10).isEmpty() ? Optional.empty() : Optional.of(toFailure(row)));
    } catch (SQLException e) {
      throw new UncheckedSqlException(e);
    }
  }

  private static StoredFailure toFailure(ResultSet row) throws SQLException {
    String type = row.getString(13);
    return new StoredFailure(
        instant(row, 10, "failure_at"),
        row.getInt(11),
        instant(row, 12, "failure_retry_at"),
        type == null
            ? Optional.empty()
            : Optional.of(
                labelled("failure_type", "a result type of RFC 8460", type, ResultType::ofLabel)),
        required(row.getString(14), "failure_detail"));
  }

  private static Optional<Long> nullableLong(ResultSet row, int column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(value);
  }

  private static <T> T required(@Nullable T value, String column) {
    return Objects.requireNonNull(value, () -> column + ": expected a value, found NULL");
  }

  private static Instant instant(ResultSet row, int column, String name) throws SQLException {
    return Instant.ofEpochMilli(required(nullableLong(row, column).orElse(null), name));
  }

  private static <T> T labelled(
      String column,
      String expected,
      @Nullable String label,
      Function<String, Optional<T>> ofLabel) {
    return ofLabel
        .apply(required(label, column))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    column
                        + ": expected "
                        + expected
                        + ", found "
                        + Excerpt.of(String.valueOf(label))));
  }

  /** Trouble of the connection, which makes no row unreadable. */
  private static final class UncheckedSqlException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final SQLException thrown;

    UncheckedSqlException(SQLException thrown) {
      super(thrown);
      this.thrown = thrown;
    }
  }
}
