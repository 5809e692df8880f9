package io.github.mtasts.store.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who may fetch, and until when.
 *
 * @param holder who; null if nobody
 * @param until in milliseconds since the epoch; 0 if nobody holds it
 */
record Lease(@Nullable String holder, long until) {

  static Lease of(String holder, Instant now, Duration term) {
    Objects.requireNonNull(holder, "holder");
    if (term.isZero() || term.isNegative()) {
      throw new IllegalArgumentException("term: expected more than zero, found " + term);
    }
    return new Lease(holder, now.plus(term).toEpochMilli());
  }

  static Lease of(ResultSet row) throws SQLException {
    return new Lease(row.getString(1), row.getLong(2));
  }

  /** Whether another has to wait: this lease has not ended, and ends in believable time. */
  boolean keepsOut(Lease other, Instant now, Duration term) {
    boolean hasEnded = until <= now.toEpochMilli();
    boolean isBelievable = until <= now.plus(term.multipliedBy(2)).toEpochMilli();
    return !Objects.equals(holder, other.holder) && !hasEnded && isBelievable;
  }
}
