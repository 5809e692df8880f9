/**
 * Policies in a relational database: H2, SQLite, PostgreSQL, MariaDB or MySQL.
 *
 * <p>One table holds a row for each policy domain: the policy as fetched, when, until when it
 * binds, when it was last needed and what last failed, and which node of a fleet is fetching it
 * just now. {@link io.github.mtasts.store.jdbc.JdbcPolicyStore} makes the table on first use, or
 * prints the statements for a database administrator.
 *
 * <p>A row is changed by reading it, deciding, and writing on condition that nobody else wrote
 * since; each write is one statement. So every node decides by the same rules in Java, no
 * transaction is held open, and the databases' isolation levels make no difference.
 *
 * <p>This is the only package that knows JDBC, and no driver is needed but the user's own.
 */
@NullMarked
package io.github.mtasts.store.jdbc;

import org.jspecify.annotations.NullMarked;
