package io.github.mtasts.store.jdbc;

import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The table and the statements on it.
 *
 * <p>One table for three kinds of rows, because a lease needs a place for a domain that has no
 * policy yet, and usually gets the policy next: a policy ({@code format} is that of the row), only
 * a lease ({@code format} is 0), and under a key that is no domain the version of the table itself.
 */
final class PolicyTable {
  /** The version of the table that this class makes and reads. */
  static final int VERSION = 1;

  /** The format of a row without a policy. */
  static final int NO_POLICY = 0;

  /** The key of the row that holds the table's version, as its {@code format}. */
  static final String SCHEMA_ROW = "(schema)";

  private static final Pattern NAME =
      Pattern.compile("([A-Za-z_][A-Za-z0-9_]{0,62}\\.)?[A-Za-z_][A-Za-z0-9_]{0,62}");

  // One character more than is legal: enough to tell what is too long without reading all of it.
  private static final String COLUMNS =
      "domain, format, stamp, policy_id, policy_mode, SUBSTRING(policy_text, 1, "
          + (StoredPolicy.MOST_TEXT_OCTETS + 1)
          + "), fetched_at, expires_at, last_used_at, failure_at, failure_count, failure_retry_at,"
          + " failure_type, SUBSTRING(failure_detail, 1, "
          + StoredFailure.LONGEST_DETAIL
          + ")";

  private static final String IS_POLICY = " format <> 0 AND domain <> '" + SCHEMA_ROW + "'";

  /** Rows of this version only: those of a newer one are not ours to change piecemeal. */
  private static final String IS_READABLE =
      " format = " + StoredPolicy.FORMAT_VERSION + " AND domain <> '" + SCHEMA_ROW + "'";

  final String name;
  final String version;
  final String read;
  final String list;
  final String insert;
  final String replace;
  final String use;
  final String fail;
  final String readLease;
  final String insertLease;
  final String replaceLease;
  final String dropLease;
  final String freeLease;
  final String purge;
  final String expired;
  final String purgeExpired;
  final String purgeLeases;

  PolicyTable(String name) {
    this.name = requireName(name);
    version = "SELECT format FROM " + name + " WHERE domain = '" + SCHEMA_ROW + "'";
    read =
        "SELECT "
            + COLUMNS
            + " FROM "
            + name
            + " WHERE domain = ? AND domain <> '"
            + SCHEMA_ROW
            + "'";
    list =
        "SELECT "
            + COLUMNS
            + " FROM "
            + name
            + " WHERE domain > ? AND"
            + IS_POLICY
            + " ORDER BY domain LIMIT ?";
    insert =
        "INSERT INTO "
            + name
            + " (format, stamp, policy_id, policy_mode, policy_text, fetched_at, expires_at,"
            + " last_used_at, failure_at, failure_count, failure_retry_at, failure_type,"
            + " failure_detail, domain, lease_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
            + " ?, 0)";
    // The key as well: where blanks at the end make no difference, it may be another text.
    replace =
        "UPDATE "
            + name
            + " SET format = ?, stamp = ?, policy_id = ?, policy_mode = ?, policy_text = ?,"
            + " fetched_at = ?, expires_at = ?,"
            + " last_used_at = CASE WHEN last_used_at > ? AND last_used_at <= ? THEN last_used_at ELSE ? END,"
            + " failure_at = ?, failure_count = ?, failure_retry_at = ?, failure_type = ?,"
            + " failure_detail = ?, domain = ? WHERE domain = ? AND stamp = ?";
    use =
        "UPDATE "
            + name
            + " SET last_used_at = ? WHERE domain = ? AND last_used_at < ? AND"
            + IS_READABLE;
    fail =
        "UPDATE "
            + name
            + " SET failure_at = ?, failure_count = ?, failure_retry_at = ?, failure_type = ?,"
            + " failure_detail = ? WHERE domain = ? AND fetched_at < ?"
            + " AND (failure_at IS NULL OR failure_at < ?) AND"
            + IS_READABLE;
    readLease = "SELECT lease_holder, lease_until FROM " + name + " WHERE domain = ?";
    insertLease =
        "INSERT INTO "
            + name
            + " (domain, format, stamp, lease_holder, lease_until)"
            + " VALUES (?, 0, ?, ?, ?)";
    // The end alone tells one lease from the next: nobody may take over one that ends as his would.
    replaceLease =
        "UPDATE "
            + name
            + " SET lease_holder = ?, lease_until = ? WHERE domain = ? AND lease_until = ?";
    dropLease = "DELETE FROM " + name + " WHERE domain = ? AND lease_holder = ? AND format = 0";
    freeLease =
        "UPDATE "
            + name
            + " SET lease_holder = NULL, lease_until = 0 WHERE domain = ? AND lease_holder = ?";
    purge = "DELETE FROM " + name + " WHERE domain = ? AND" + IS_POLICY;
    expired =
        "SELECT "
            + COLUMNS
            + " FROM "
            + name
            + " WHERE domain > ? AND expires_at < ? AND"
            + IS_READABLE
            + " ORDER BY domain LIMIT ?";
    purgeExpired = "DELETE FROM " + name + " WHERE domain = ? AND stamp = ?";
    purgeLeases = "DELETE FROM " + name + " WHERE lease_until <= ? AND format = 0";
  }

  /** Names go into statements as they are, so only what needs no quoting is let in. */
  private static String requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "table: expected a name of at most 63 ASCII letters, digits and underscores that begins"
              + " with no digit, with a schema's name and a dot before it or without, found \""
              + Excerpt.of(name)
              + "\"");
    }
    return name;
  }

  /** What makes the table of the current version out of none; harmless where it is. */
  List<String> creation(Dialect dialect) {
    return List.of(
        "CREATE TABLE IF NOT EXISTS "
            + name
            + " (\n  domain VARCHAR(253)"
            + dialect.nameCollation
            + " NOT NULL PRIMARY KEY,\n"
            + "  format INTEGER NOT NULL,\n"
            + "  stamp BIGINT NOT NULL,\n"
            + "  policy_id VARCHAR(32),\n"
            + "  policy_mode VARCHAR(16),\n"
            + "  policy_text "
            + dialect.textType
            + ",\n"
            + "  fetched_at BIGINT,\n"
            + "  expires_at BIGINT,\n"
            + "  last_used_at BIGINT,\n"
            + "  failure_at BIGINT,\n"
            + "  failure_count INTEGER,\n"
            + "  failure_retry_at BIGINT,\n"
            + "  failure_type VARCHAR(64),\n"
            + "  failure_detail VARCHAR("
            + StoredFailure.LONGEST_DETAIL
            + "),\n"
            + "  lease_holder VARCHAR(64),\n"
            + "  lease_until BIGINT NOT NULL\n)"
            + dialect.tableOptions,
        "INSERT INTO "
            + name
            + " (domain, format, stamp, lease_until) VALUES ('"
            + SCHEMA_ROW
            + "', "
            + VERSION
            + ", 0, 0)");
  }
}
