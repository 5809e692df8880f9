// SPDX-License-Identifier: Apache-2.0
/** Tests of the store in Redis, on a real server that each class starts for itself. */
@NullMarked
package io.github.mtasts.store.redis;

import org.jspecify.annotations.NullMarked;
