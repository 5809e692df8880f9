// SPDX-License-Identifier: Apache-2.0
/**
 * A store in a relational database: SQLite, PostgreSQL or MariaDB.
 *
 * <p>One table holds a row for each policy domain: the policy as fetched, the time of its fetch,
 * its expiry, its last use and its last failure. {@link
 * io.github.mtasts.store.jdbc.JdbcPolicyStore} creates the table on first use, or prints the
 * statements for a database administrator.
 *
 * <p>To change a row, the store reads it, decides, and writes on condition that the row has not
 * changed since. Each write is one statement; writes to a file that come together are committed
 * together. So all nodes apply the same rules in Java, no transaction stays open, and the isolation
 * level of the database does not matter.
 *
 * <p>Only this package uses JDBC. The application supplies the driver.
 */
@NullMarked
package io.github.mtasts.store.jdbc;

import org.jspecify.annotations.NullMarked;
