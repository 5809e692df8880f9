// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The right of one resolver to fetch a domain's policy.
 *
 * @param holder the resolver's name; null if no resolver holds the lease
 * @param endMillis the end in milliseconds since the epoch; 0 if no resolver holds the lease
 */
record FetchLease(@Nullable String holder, long endMillis) {

  static FetchLease of(String holder, Instant now, Duration term) {
    Objects.requireNonNull(holder, "holder");
    if (term.isZero() || term.isNegative()) {
      throw new IllegalArgumentException("term: expected more than zero, found " + term);
    }
    return new FetchLease(holder, now.plus(term).toEpochMilli());
  }

  static FetchLease of(ResultSet row) throws SQLException {
    return new FetchLease(row.getString(1), row.getLong(2));
  }

  /** Whether this lease is held by another resolver, has not ended, and ends in plausible time. */
  boolean blocks(FetchLease wanted, Instant now, Duration term) {
    boolean hasEnded = endMillis <= now.toEpochMilli();
    boolean isPlausible = endMillis <= now.plus(term.multipliedBy(2)).toEpochMilli();
    return !Objects.equals(holder, wanted.holder) && !hasEnded && isPlausible;
  }
}
