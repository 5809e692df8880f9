// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.jdbc;

import io.github.mtasts.policy.Excerpt;
import io.github.mtasts.store.StoredFailure;
import io.github.mtasts.store.StoredPolicy;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The table and its statements.
 *
 * <p>A row is a policy ({@code format} is its format version), or the version of the table itself
 * under a key that is not a domain.
 */
final class PolicyTable {
  /** The version of the table that this class creates and reads. */
  static final int VERSION = 1;

  /** The key of the row with the table's version, which is in {@code format}. */
  static final String SCHEMA_ROW = "(schema)";

  private static final Pattern NAME =
      Pattern.compile("([A-Za-z_][A-Za-z0-9_]{0,62}\\.)?[A-Za-z_][A-Za-z0-9_]{0,62}");

  /** One character more than is legal: it shows that a text is too long without reading it all. */
  private static final String COLUMNS =
      """
      domain, format, stamp, policy_id, policy_mode,
             SUBSTRING(policy_text, 1, {textRead}),
             fetched_at, expires_at, last_used_at,
             failure_at, failure_count, failure_retry_at, failure_type,
             SUBSTRING(failure_detail, 1, {longestDetail})\
      """
          .replace("{textRead}", Integer.toString(StoredPolicy.MOST_TEXT_OCTETS + 1))
          .replace("{longestDetail}", Integer.toString(StoredFailure.LONGEST_DETAIL));

  final String name;
  final String version;
  final String read;
  final String list;
  final String insert;
  final String replace;
  final String use;
  final String fail;
  final String purge;
  final String purgeExpired;
  final String newest;

  PolicyTable(String name) {
    this.name = requireName(name);
    version =
        sql(
            """
            SELECT format
              FROM {table}
             WHERE domain = '{schemaRow}'
            """);
    read =
        sql(
            """
            SELECT {columns}
              FROM {table}
             WHERE domain = ?
               AND domain <> '{schemaRow}'
            """);
    list =
        sql(
            """
            SELECT {columns}
              FROM {table}
             WHERE domain > ?
               AND domain <> '{schemaRow}'
             ORDER BY domain
             LIMIT ?
            """);
    insert =
        sql(
            """
            INSERT INTO {table}
                   (format, stamp, policy_id, policy_mode, policy_text,
                    fetched_at, expires_at, last_used_at,
                    failure_at, failure_count, failure_retry_at, failure_type, failure_detail,
                    domain)
            VALUES (?, ?, ?, ?, ?,
                    ?, ?, ?,
                    ?, ?, ?, ?, ?,
                    ?)
            """);
    // Sets the key as well: where trailing spaces are ignored, the stored key may differ.
    replace =
        sql(
            """
            UPDATE {table}
               SET format = ?, stamp = ?, policy_id = ?, policy_mode = ?, policy_text = ?,
                   fetched_at = ?, expires_at = ?,
                   last_used_at = CASE WHEN last_used_at BETWEEN ? AND ?
                                       THEN last_used_at ELSE ? END,
                   failure_at = ?, failure_count = ?, failure_retry_at = ?, failure_type = ?,
                   failure_detail = ?,
                   domain = ?
             WHERE domain = ?
               AND stamp = ?
            """);
    // Only rows of this format: those of a newer format must not be changed column by column.
    use =
        sql(
            """
            UPDATE {table}
               SET last_used_at = ?
             WHERE domain = ?
               AND last_used_at < ?
               AND format = {format}
               AND domain <> '{schemaRow}'
            """);
    fail =
        sql(
            """
            UPDATE {table}
               SET failure_at = ?, failure_count = ?, failure_retry_at = ?, failure_type = ?,
                   failure_detail = ?
             WHERE domain = ?
               AND fetched_at < ?
               AND (failure_at IS NULL OR failure_at < ?)
               AND format = {format}
               AND domain <> '{schemaRow}'
            """);
    purge =
        sql(
            """
            DELETE FROM {table}
             WHERE domain = ?
               AND domain <> '{schemaRow}'
            """);
    purgeExpired =
        sql(
            """
            DELETE FROM {table}
             WHERE expires_at < ?
               AND format = {format}
               AND domain <> '{schemaRow}'
            """);
    newest =
        sql(
            """
            SELECT MAX(fetched_at)
              FROM {table}
             WHERE format = {format}
               AND domain <> '{schemaRow}'
            """);
  }

  /** The table's name becomes part of statements, so only names that need no quoting pass. */
  private static String requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "table: expected a name of at most 63 ASCII letters, digits and underscores that does not"
              + " begin with a digit, optionally after a schema name and a dot, found \""
              + Excerpt.of(name)
              + "\"");
    }
    return name;
  }

  /** The statements that create the table in the current version; harmless if it exists. */
  List<String> creation(Dialect dialect) {
    String createTable =
        """
        CREATE TABLE IF NOT EXISTS {table} (
          domain VARCHAR(253){nameCollation} NOT NULL PRIMARY KEY,
          format INTEGER NOT NULL,
          stamp BIGINT NOT NULL,
          policy_id VARCHAR(32),
          policy_mode VARCHAR(16),
          policy_text {textType},
          fetched_at BIGINT,
          expires_at BIGINT,
          last_used_at BIGINT,
          failure_at BIGINT,
          failure_count INTEGER,
          failure_retry_at BIGINT,
          failure_type VARCHAR(64),
          failure_detail VARCHAR({longestDetail})
        ){tableOptions}
        """
            .replace("{nameCollation}", dialect.nameCollation)
            .replace("{textType}", dialect.textType)
            .replace("{longestDetail}", Integer.toString(StoredFailure.LONGEST_DETAIL))
            .replace("{tableOptions}", dialect.tableOptions);
    String insertVersion =
        """
        INSERT INTO {table} (domain, format, stamp)
        VALUES ('{schemaRow}', {version}, 0)
        """
            .replace("{version}", Integer.toString(VERSION));
    return List.of(sql(createTable), sql(insertVersion));
  }

  private String sql(String template) {
    return template
        .replace("{columns}", COLUMNS)
        .replace("{table}", name)
        .replace("{schemaRow}", SCHEMA_ROW)
        .replace("{format}", Integer.toString(StoredPolicy.FORMAT_VERSION))
        .strip();
  }
}
