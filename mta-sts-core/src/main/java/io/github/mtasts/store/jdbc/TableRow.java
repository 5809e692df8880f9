package io.github.mtasts.store.jdbc;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import io.github.mtasts.store.UnreadableRow;
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
 * What lies in the table under one domain.
 *
 * @param domain the key
 * @param stamp drawn anew whenever a policy is written, so that a write can be made on condition
 *     that nobody wrote since the row was read
 * @param policy the policy, or why it cannot be read; empty if there is only a lease
 */
record TableRow(String domain, long stamp, Optional<StoredRow> policy) {

  /** Reads the columns that {@link PolicyTable} selects. */
  static TableRow of(ResultSet row) throws SQLException {
    String domain = row.getString(1);
    int format = row.getInt(2);
    long stamp = row.getLong(3);
    if (format == PolicyTable.NO_POLICY) {
      return new TableRow(domain, stamp, Optional.empty());
    }
    return new TableRow(domain, stamp, Optional.of(Columns.of(row).toStoredRow(format)));
  }

  /**
   * As it stands in a page. The statement leaves out what is only a lease, so what seems to be one
   * has text or a fraction for its format, which SQLite lets in; left out here, it would make the
   * page look like the last one.
   */
  StoredRow listed() {
    return policy.orElseGet(
        () -> new UnreadableRow(domain, "format: expected a version, found something else"));
  }

  /** Whether an arriving policy is not to replace this row. */
  boolean supersedes(StoredPolicy arriving, Instant now) {
    Instant latestBelieved = latestBelieved(now);
    return readable()
        .map(StoredPolicy::fetchedAt)
        .filter(fetch -> !fetch.isBefore(arriving.fetchedAt()) && !fetch.isAfter(latestBelieved))
        .isPresent();
  }

  private static Instant latestBelieved(Instant now) {
    return now.plusSeconds(PolicyStore.FUTURE_TOLERANCE_SECONDS);
  }

  Optional<StoredPolicy> readable() {
    return policy.filter(StoredPolicy.class::isInstance).map(StoredPolicy.class::cast);
  }

  /** The values that {@link PolicyTable#insert} asks for. */
  static @Nullable Object[] toInsert(StoredPolicy policy) {
    List<@Nullable Object> values = upToExpiry(policy);
    values.add(policy.lastUsedAt().toEpochMilli());
    values.addAll(failure(policy.lastFailure()));
    values.add(policy.domain());
    return values.toArray();
  }

  /** The values that {@link PolicyTable#replace} asks for, to replace this row. */
  @Nullable Object[] toReplaceBy(StoredPolicy policy, Instant now) {
    List<@Nullable Object> values = upToExpiry(policy);
    // Nothing of a row that cannot be read is worth keeping: no time is later than the last.
    long lastUsed = policy.lastUsedAt().toEpochMilli();
    values.add(readable().isPresent() ? lastUsed : Long.MAX_VALUE);
    values.add(latestBelieved(now).toEpochMilli());
    values.add(lastUsed);
    values.addAll(failure(policy.lastFailure()));
    values.add(policy.domain());
    values.add(policy.domain());
    values.add(stamp);
    return values.toArray();
  }

  private static List<@Nullable Object> upToExpiry(StoredPolicy policy) {
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

  /** The values of the columns of a failure, in their order. */
  static List<@Nullable Object> failure(Optional<StoredFailure> failure) {
    return Arrays.asList(
        failure.map(f -> f.at().toEpochMilli()).orElse(null),
        failure.map(StoredFailure::failures).orElse(null),
        failure.map(f -> f.retryAt().toEpochMilli()).orElse(null),
        failure.flatMap(StoredFailure::resultType).map(ResultType::label).orElse(null),
        failure.map(StoredFailure::detail).orElse(null));
  }

  /** The columns as they are, before anybody has judged them. */
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
          number(row, 7),
          number(row, 8),
          number(row, 9),
          number(row, 10),
          row.getInt(11),
          number(row, 12),
          row.getString(13),
          row.getString(14));
    }

    private static @Nullable Long number(ResultSet row, int column) throws SQLException {
      long value = row.getLong(column);
      return row.wasNull() ? null : value;
    }

    StoredRow toStoredRow(int format) {
      return StoredRow.of(domain, format, this::toPolicy);
    }

    private StoredPolicy toPolicy() {
      return new StoredPolicy(
          domain,
          present(id, "policy_id"),
          present(text, "policy_text"),
          modeOf(present(mode, "policy_mode")),
          moment(fetchedAt, "fetched_at"),
          moment(expiresAt, "expires_at"),
          moment(lastUsedAt, "last_used_at"),
          Optional.ofNullable(failureAt).map(this::toFailure));
    }

    private StoredFailure toFailure(long at) {
      return new StoredFailure(
          Instant.ofEpochMilli(at),
          failures,
          moment(retryAt, "failure_retry_at"),
          Optional.ofNullable(resultType).map(Columns::resultTypeOf),
          present(detail, "failure_detail"));
    }

    private static <T> T present(@Nullable T value, String column) {
      return Objects.requireNonNull(value, () -> column + ": expected a value, found NULL");
    }

    private static Instant moment(@Nullable Long millis, String column) {
      return Instant.ofEpochMilli(present(millis, column));
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
