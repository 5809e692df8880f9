// SPDX-License-Identifier: Apache-2.0
/** Tests of the store in relational databases, with real databases. */
@NullMarked
package io.github.mtasts.store.jdbc;

import org.jspecify.annotations.NullMarked;
