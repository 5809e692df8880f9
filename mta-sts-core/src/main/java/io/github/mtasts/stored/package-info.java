// SPDX-License-Identifier: Apache-2.0
/** Internal: the gateway between the cache and a {@link io.github.mtasts.store.PolicyStore}. */
@NullMarked
package io.github.mtasts.stored;

import org.jspecify.annotations.NullMarked;
