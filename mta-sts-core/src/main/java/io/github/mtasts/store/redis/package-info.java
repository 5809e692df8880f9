// SPDX-License-Identifier: Apache-2.0
/**
 * A store in Redis or Valkey, for a fleet that already runs one.
 *
 * <p>Each domain is one hash that expires together with its policy, so nothing has to be swept.
 * Redis has no order of keys and no conditional write. Two sorted sets beside the hashes provide
 * the order: one by name for pages, one by expiry for pruning. Lua scripts, each of which is
 * atomic, provide the conditional write. All keys carry one hash tag and so are in one slot of a
 * cluster, because a script may use the keys of one slot only.
 *
 * <p>Only this package uses Jedis, which the rest of the library does not need. The application
 * creates the client and passes it to {@link io.github.mtasts.store.redis.RedisPolicyStore}.
 */
@NullMarked
package io.github.mtasts.store.redis;

import org.jspecify.annotations.NullMarked;
