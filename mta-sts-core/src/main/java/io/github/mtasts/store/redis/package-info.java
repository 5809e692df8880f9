/**
 * Policies in Redis or Valkey, for a fleet that has one already.
 *
 * <p>Each domain is one hash that expires by itself when its policy does, so that nothing has to be
 * swept. What Redis lacks is an order of keys and a comparison before a write. The first is made up
 * by two sorted sets beside the hashes, one by name for paging and one by expiry for pruning; the
 * second by Lua scripts, each of which runs as one step. All keys carry one hash tag and so live in
 * one slot of a cluster, because a script may not reach further.
 *
 * <p>This is the only package that knows Jedis, which the library itself does not need: {@link
 * io.github.mtasts.store.redis.RedisPolicyStore} is given a client by whoever has one.
 */
@NullMarked
package io.github.mtasts.store.redis;

import org.jspecify.annotations.NullMarked;
