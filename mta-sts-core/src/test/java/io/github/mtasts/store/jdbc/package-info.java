/** Tests of policies in databases, against the databases themselves. */
@NullMarked
package io.github.mtasts.store.jdbc;

import org.jspecify.annotations.NullMarked;
