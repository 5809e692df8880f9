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
    return new TableRow(domain, stamp, Columns.of(row).toStoredRow(format));
  }

  /** Reads a number that may be NULL from the first column. */
  static Optional<Long> nullableLong(ResultSet row) throws SQLException {
    return Optional.ofNullable(Columns.nullableLong(row, 1));
  }

  /** Whether this row is at least as new as a policy, so that the policy must not replace it. */
  boolean supersedes(StoredPolicy candidate, Instant now) {
    Instant latestTrusted = latestTrusted(now);
    return readable()
        .map(StoredPolicy::fetchedAt)
        .filter(fetch -> !fetch.isBefore(candidate.fetchedAt()) && !fetch.isAfter(latestTrusted))
        .isPresent();
  }

  private static Instant latestTrusted(Instant now) {
    return now.plusSeconds(PolicyStore.FUTURE_TOLERANCE_SECONDS);
  }

  Optional<StoredPolicy> readable() {
    return policy instanceof StoredPolicy readable ? Optional.of(readable) : Optional.empty();
  }

  /** The parameters of {@link PolicyTable#insert}. */
  static @Nullable Object[] toInsert(StoredPolicy policy) {
    List<@Nullable Object> values = formatToExpiry(policy);
    values.add(policy.lastUsedAt().toEpochMilli());
    values.addAll(failureValues(policy.lastFailure()));
    values.add(policy.domain());
    return values.toArray();
  }

  /** The parameters of {@link PolicyTable#replace}, to replace this row. */
  @Nullable Object[] toReplace(StoredPolicy policy, Instant now) {
    List<@Nullable Object> values = formatToExpiry(policy);
    // The time of an unreadable row is not kept: no stored time is later than Long.MAX_VALUE.
    long lastUsed = policy.lastUsedAt().toEpochMilli();
    values.add(readable().isPresent() ? lastUsed : Long.MAX_VALUE);
    values.add(latestTrusted(now).toEpochMilli());
    values.add(lastUsed);
    values.addAll(failureValues(policy.lastFailure()));
    values.add(policy.domain());
    values.add(policy.domain());
    values.add(stamp);
    return values.toArray();
  }

  private static List<@Nullable Object> formatToExpiry(StoredPolicy policy) {
    return new ArrayList<>(
        Arrays.<@Nullable Object>asList(
            StoredPolicy.FORMAT_VERSION,
            newStamp(),
            policy.id(),
            policy.mode().label(),
            policy.text(),
            policy.fetchedAt().toEpochMilli(),
            policy.expiresAt().toEpochMilli()));
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

  /** The columns as stored, before any check. */
  private record Columns(
      String domain,
      @Nullable String id,
      @Nullable String mode,
      @Nullable String text,
      @Nullable Long fetchedAt,
      @Nullable Long expiresAt,
      @Nullable Long lastUsedAt,
      @Nullable Long failureAt,
      int failures,
      @Nullable Long retryAt,
      @Nullable String resultType,
      @Nullable String detail) {

    static Columns of(ResultSet row) throws SQLException {
      return new Columns(
          row.getString(1),
          row.getString(4),
          row.getString(5),
          row.getString(6),
          nullableLong(row, 7),
          nullableLong(row, 8),
          nullableLong(row, 9),
          nullableLong(row, 10),
          row.getInt(11),
          nullableLong(row, 12),
          row.getString(13),
          row.getString(14));
    }

    private static @Nullable Long nullableLong(ResultSet row, int column) throws SQLException {
      long value = row.getLong(column);
      return row.wasNull() ? null : value;
    }

    StoredRow toStoredRow(int format) {
      return StoredRow.of(domain, format, this::toPolicy);
    }

    private StoredPolicy toPolicy() {
      return new StoredPolicy(
          domain,
          required(id, "policy_id"),
          required(text, "policy_text"),
          modeOf(required(mode, "policy_mode")),
          instant(fetchedAt, "fetched_at"),
          instant(expiresAt, "expires_at"),
          instant(lastUsedAt, "last_used_at"),
          Optional.ofNullable(failureAt).map(this::toFailure));
    }

    private StoredFailure toFailure(long at) {
      return new StoredFailure(
          Instant.ofEpochMilli(at),
          failures,
          instant(retryAt, "failure_retry_at"),
          Optional.ofNullable(resultType).map(Columns::resultTypeOf),
          required(detail, "failure_detail"));
    }

    private static <T> T required(@Nullable T value, String column) {
      return Objects.requireNonNull(value, () -> column + ": expected a value, found NULL");
    }

    private static Instant instant(@Nullable Long millis, String column) {
      return Instant.ofEpochMilli(required(millis, column));
    }

    private static PolicyMode modeOf(String label) {
      return Arrays.stream(PolicyMode.values())
          .filter(mode -> mode.label().equals(label))
          .findFirst()
          .orElseThrow(() -> unknown("policy_mode: expected enforce, testing or none", label));
    }

    private static ResultType resultTypeOf(String label) {
      return Arrays.stream(ResultType.values())
          .filter(type -> type.label().equals(label))
          .findFirst()
          .orElseThrow(() -> unknown("failure_type: expected a result type of RFC 8460", label));
    }

    private static IllegalArgumentException unknown(String expected, String found) {
      return new IllegalArgumentException(expected + ", found " + Excerpt.of(found));
    }
  }
}
