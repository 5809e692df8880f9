// SPDX-License-Identifier: Apache-2.0
/**
 * Internal: the in-memory cache and everything about when: lifetimes, last use, back-off, fetch
 * history.
 */
@NullMarked
package io.github.mtasts.cache;

import org.jspecify.annotations.NullMarked;
