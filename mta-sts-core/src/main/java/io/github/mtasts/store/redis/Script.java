package io.github.mtasts.store.redis;

import io.github.mtasts.store.StoredPolicy;

/**
 * The steps that must not be broken in two, in the Lua of Redis 5 and newer.
 *
 * <p>Every key that a script touches is among its {@code KEYS}, as clusters ask. Expiry is judged
 * by the server's clock, because keys expire by it; everything else by the times that callers give.
 */
enum Script {
  /** KEYS: row. Returns what is in it. */
  READ(
      """
      return row(KEYS[1])
      """),

  /** KEYS: names. ARGV: from where, how many. Returns the next domains by name. */
  NAMES_AFTER(
      """
      return redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], '+', 'LIMIT', 0, ARGV[2])
      """),

  /** KEYS: expiries. ARGV: to where, how many to skip, how many. Returns domains by expiry. */
  NAMES_BEFORE(
      """
      return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', ARGV[2], ARGV[3])
      """),

  /**
   * KEYS: names, expiries, rows. ARGV: their domains. Returns what is in each; forgets the names of
   * those that are gone.
   */
  LIST(
      """
      local rows = {}
      for i = 1, #ARGV do
        rows[i] = row(KEYS[i + 2])
        if #rows[i] == 0 then unlist(ARGV[i]) end
      end
      return rows
      """),

  /**
   * KEYS: names, expiries, row. ARGV: domain, latest credible time, fingerprint of a row that is
   * known to be unreadable, values. Returns nothing if stored; else the fingerprint and the values
   * of what is in the way.
   */
  SAVE(
      """
      local key, fetched, expires, used = KEYS[3], tonumber(ARGV[8]), ARGV[9], ARGV[10]
      local old = row(key)
      if readable(old) and fingerprint(old) ~= ARGV[3] then
        local there = millis(old[5])
        if there >= fetched and there <= tonumber(ARGV[2]) then return {fingerprint(old), old} end
        local before = millis(old[7])
        if before > tonumber(used) and before <= tonumber(ARGV[2]) then used = old[7] end
      end

      -- A full, read-only or mistyped store refuses the first write: none may come before this.
      local listed = redis.pcall('ZADD', KEYS[1], 0, ARGV[1])
      if type(listed) == 'table' then return listed end
      redis.call('ZADD', KEYS[2], expires, ARGV[1])
      redis.call('DEL', key)
      for i = 1, #names do redis.call('HSET', key, names[i], ARGV[i + 3]) end
      redis.call('HSET', key, 'used', used)
      redis.call('PEXPIREAT', key, expires)
      if redis.call('EXISTS', key) == 0 then unlist(ARGV[1]) end

      -- Sixteen go for each that comes, so the sets stay as small as there are rows.
      local ended = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', clock(), 'LIMIT', 0, 16)
      for i = 1, #ended do unlist(ended[i]) end
      return {}
      """),

  /** KEYS: names, expiries, rows. ARGV: domain and time for each row. */
  USED(
      """
      for i = 3, #KEYS do
        local there, used = row(KEYS[i]), ARGV[i * 2 - 4]
        if readable(there) then
          if millis(there[7]) < tonumber(used) then redis.call('HSET', KEYS[i], 'used', used) end
          -- Should the sets have been lost, they come back with use.
          redis.call('ZADD', KEYS[1], 0, ARGV[i * 2 - 5])
          redis.call('ZADD', KEYS[2], there[6], ARGV[i * 2 - 5])
        end
      end
      """),

  /** KEYS: row. ARGV: the values from the time of the failure on. */
  FAILED(
      """
      local there, at = row(KEYS[1]), tonumber(ARGV[1])
      if not readable(there) or millis(there[5]) >= at then return end
      if there[8] ~= '' and millis(there[8]) >= at then return end
      for i = 1, #ARGV do redis.call('HSET', KEYS[1], names[i + 7], ARGV[i]) end
      """),

  /** KEYS: lease. ARGV: holder, now, end, latest credible end, term. Returns 1 if it is held. */
  LEASE(
      """
      if redis.call('TYPE', KEYS[1]).ok == 'string' then
        local holder, ends = string.match(redis.call('GET', KEYS[1]), '^([%w-]+) (-?%d+)$')
        ends = millis(ends)
        if ends and holder ~= ARGV[1] and ends > tonumber(ARGV[2]) and ends <= tonumber(ARGV[4])
          then return 0 end
      end
      redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[3], 'PX', ARGV[5])
      return 1
      """),

  /** KEYS: lease. ARGV: holder. */
  RELEASE(
      """
      if redis.call('TYPE', KEYS[1]).ok == 'string'
        and string.match(redis.call('GET', KEYS[1]), '^[%w-]+') == ARGV[1]
        then redis.call('DEL', KEYS[1]) end
      """),

  /** KEYS: names, expiries, row. ARGV: domain. Returns 1 if there was a row. */
  PURGE(
      """
      unlist(ARGV[1])
      return redis.call('DEL', KEYS[3])
      """),

  /**
   * KEYS: names, expiries, rows. ARGV: the moment, domains. Returns how many rows went, and how
   * many stay that {@code expiries} still names among those before the moment.
   */
  PURGE_EXPIRED(
      """
      local gone, stay = 0, 0
      for i = 3, #KEYS do
        local there, domain = row(KEYS[i]), ARGV[i - 1]
        if #there == 0 then
          unlist(domain)
        elseif not readable(there) then
          stay = stay + 1
        elseif millis(there[6]) < tonumber(ARGV[1]) then
          gone = gone + redis.call('DEL', KEYS[i])
          unlist(domain)
        else
          redis.call('ZADD', KEYS[2], there[6], domain)
        end
      end
      return {gone, stay}
      """);

  /**
   * What scripts share. A row is an empty table if there is none, a table of one text that says why
   * if it cannot even be fetched, and else the values in the order of {@link Field}.
   */
  private static final String SHARED =
      """
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

      -- As far as scripts depend on it; the rest, such as the grammar of ids, is checked in Java.
      local function readable(there)
        local version = #there > 1 and millis(there[1])
        return version and version >= 1 and version <= newest and millis(there[5]) and millis(there[6])
          and millis(there[7]) and (there[8] == '' or millis(there[8]))
      end

      local function fingerprint(there)
        local texts = {}
        for i = 1, #there do
          texts[i] = there[i] and (#there[i] .. ':' .. there[i]) or '-'
        end
        return redis.sha1hex(table.concat(texts))
      end

      local function unlist(domain)
        redis.call('ZREM', KEYS[1], domain)
        redis.call('ZREM', KEYS[2], domain)
      end

      local function clock()
        local time = redis.call('TIME')
        return time[1] .. string.format('%03d', math.floor(time[2] / 1000))
      end

      """;

  private final String lua;

  Script(String body) {
    this.lua =
        "local names = "
            + Field.namesInLua()
            + "\nlocal limits = "
            + Field.limitsInLua()
            + "\nlocal newest = "
            + StoredPolicy.FORMAT_VERSION
            + "\n\n"
            + SHARED
            + body;
  }

  String lua() {
    return lua;
  }
}
