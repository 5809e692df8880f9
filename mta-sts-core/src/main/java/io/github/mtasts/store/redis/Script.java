// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.redis;

import io.github.mtasts.store.StoredPolicy;

/**
 * The atomic operations, in the Lua of Redis 5 and newer.
 *
 * <p>Every key that a script uses is in its {@code KEYS}, as a cluster requires. Expiry is decided
 * by the server's clock, because keys expire by it; everything else by the times of the callers.
 */
enum Script {
  /** KEYS: row. Returns its content. */
  READ(
      """
      return row(KEYS[1])
      """),

  /** KEYS: newest fetch. Returns its time, or nothing. */
  NEWEST_FETCH(
      """
      if redis.call('TYPE', KEYS[1]).ok ~= 'string' then return {} end
      return {redis.call('GET', KEYS[1])}
      """),

  /** KEYS: names. ARGV: lower bound, limit. Returns the next domains by name. */
  NAMES_AFTER(
      """
      return redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], '+', 'LIMIT', 0, ARGV[2])
      """),

  /**
   * KEYS: names, expiries, rows. ARGV: the domain of each row. Returns the content of each row;
   * removes the names of missing rows from the sets.
   */
  LIST(
      """
      local rows = {}
      for i = 1, #ARGV do
        rows[i] = row(KEYS[i + 2])
        if #rows[i] == 0 then remove_name(ARGV[i]) end
      end
      return rows
      """),

  /**
   * KEYS: names, expiries, row, newest fetch. ARGV: domain, fingerprint of the row to replace,
   * values. Returns an empty array if the policy was stored, else the fingerprint and the values of
   * the row that is there.
   */
  SAVE(
      """
      local key, fetched, expires = KEYS[3], ARGV[2 + FETCHED], ARGV[2 + EXPIRES]
      local stored = row(key)
      local found = fingerprint(stored)
      if found ~= ARGV[2] then return {found, stored} end

      -- A full or read-only server, or a key of a wrong type, refuses the first write, so nothing
      -- may be written before it.
      local added = redis.pcall('ZADD', KEYS[1], 0, ARGV[1])
      if type(added) == 'table' then return added end
      redis.call('ZADD', KEYS[2], expires, ARGV[1])
      redis.call('DEL', key)
      for i = 1, #names do redis.call('HSET', key, names[i], ARGV[2 + i]) end
      redis.call('PEXPIREAT', key, expires)
      if redis.call('EXISTS', key) == 0 then remove_name(ARGV[1]) end

      local newest_fetch = redis.call('TYPE', KEYS[4]).ok == 'string'
        and millis(redis.call('GET', KEYS[4]))
      if not newest_fetch or newest_fetch < tonumber(fetched) then
        redis.call('SET', KEYS[4], fetched)
      end

      -- Each write adds one name and removes up to sixteen expired ones, so the sets do not grow
      -- beyond the number of rows.
      local expired = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', clock(), 'LIMIT', 0, 16)
      for i = 1, #expired do remove_name(expired[i]) end
      return {}
      """),

  /** KEYS: names, expiries, rows. ARGV: domain and time for each row. */
  USED(
      """
      for i = 3, #KEYS do
        local stored, domain, used = row(KEYS[i]), ARGV[i * 2 - 5], ARGV[i * 2 - 4]
        if readable(stored) then
          if millis(stored[USED]) < tonumber(used) then
            redis.call('HSET', KEYS[i], 'used', used)
          end
          -- Restores the sets if they were lost.
          redis.call('ZADD', KEYS[1], 0, domain)
          redis.call('ZADD', KEYS[2], stored[EXPIRES], domain)
        end
      end
      """),

  /** KEYS: row. ARGV: the values from the time of the failure on. */
  FAILED(
      """
      local stored, at = row(KEYS[1]), tonumber(ARGV[1])
      if not readable(stored) or millis(stored[FETCHED]) >= at then return end
      if stored[FAILED] ~= '' and millis(stored[FAILED]) >= at then return end
      for i = 1, #ARGV do redis.call('HSET', KEYS[1], names[FAILED + i - 1], ARGV[i]) end
      """),

  /** KEYS: names, expiries, row. ARGV: domain. Returns 1 if there was a row. */
  PURGE(
      """
      remove_name(ARGV[1])
      return redis.call('DEL', KEYS[3])
      """);

  /**
   * The functions that all scripts share. A row is an empty table if it is missing, a table of one
   * text with the reason if it cannot be read from the server, else the values in the order of
   * {@link HashField}.
   */
  private static final String SHARED =
      """
      local names = {names}
      local limits = {limits}
      local newest = {version}
      local {indexes}

      local function row(key)
        local kind = redis.call('TYPE', key).ok
        if kind == 'none' then return {} end
        if kind ~= 'hash' then return {'type: expected a hash, found ' .. kind} end
        for i = 1, #names do
          local length = redis.call('HSTRLEN', key, names[i])
          if length > limits[i] then
            return {names[i] .. ': expected at most ' .. limits[i] .. ' octets, found ' .. length}
          end
        end
        return redis.call('HMGET', key, unpack(names))
      end

      local function millis(text)
        if not text or #text > 16 or not string.match(text, '^-?%d+$') then return nil end
        return tonumber(text)
      end

      -- Checks only what scripts depend on; Java checks the rest, such as the grammar of ids.
      local function readable(stored)
        local version = #stored > 1 and millis(stored[VERSION])
        return version and version >= 1 and version <= newest and millis(stored[FETCHED])
          and millis(stored[EXPIRES]) and millis(stored[USED])
          and (stored[FAILED] == '' or millis(stored[FAILED]))
      end

      local function fingerprint(stored)
        if #stored == 0 then return '' end
        local texts = {}
        for i = 1, #stored do
          texts[i] = stored[i] and (#stored[i] .. ':' .. stored[i]) or '-'
        end
        return redis.sha1hex(table.concat(texts))
      end

      local function remove_name(domain)
        redis.call('ZREM', KEYS[1], domain)
        redis.call('ZREM', KEYS[2], domain)
      end

      local function clock()
        local time = redis.call('TIME')
        return time[1] .. string.format('%03d', math.floor(time[2] / 1000))
      end

      """
          .replace("{indexes}", HashField.indexesInLua())
          .replace("{names}", HashField.namesInLua())
          .replace("{limits}", HashField.limitsInLua())
          .replace("{version}", Integer.toString(StoredPolicy.FORMAT_VERSION));

  private final String body;

  Script(String body) {
    this.body = body;
  }

  String lua() {
    return SHARED + body;
  }
}
