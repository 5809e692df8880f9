// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.redis;

import io.github.mtasts.store.PolicyStoreException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/** Runs scripts through the application's client; each call is one round trip. */
final class ScriptRunner {
  private final UnifiedJedis client;
  private final String prefix;

  ScriptRunner(UnifiedJedis client, String prefix) {
    this.client = client;
    this.prefix = prefix;
  }

  /** Runs a script that returns nothing. */
  void run(Script script, List<String> keys, List<byte[]> arguments) {
    var unused = eval(script, keys, arguments);
  }

  /** Runs a script that returns a number. */
  long number(Script script, List<String> keys, List<byte[]> arguments) {
    Object reply = eval(script, keys, arguments);
    if (reply instanceof Long number) {
      return number;
    }
    throw unexpected("a number", reply);
  }

  /** Runs a script that returns an array. */
  List<?> array(Script script, List<String> keys, List<byte[]> arguments) {
    return array(eval(script, keys, arguments));
  }

  static List<?> array(@Nullable Object reply) {
    if (reply instanceof List<?> list) {
      return list;
    }
    throw unexpected("an array", reply);
  }

  static byte[] octets(@Nullable Object reply) {
    if (reply instanceof byte[] octets) {
      return octets;
    }
    throw unexpected("text", reply);
  }

  /** For operations of several calls: a call itself ignores interrupts. */
  static void refuseIfInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new PolicyStoreException(
          "Redis: expected to continue, found the thread interrupted; its caller has stopped"
              + " waiting");
    }
  }

  private @Nullable Object eval(Script script, List<String> keys, List<byte[]> arguments) {
    List<byte[]> octets = keys.stream().map(RowCodec::octets).toList();
    // EVAL sends the script with each call: it is short, and a server that restarted or took over
    // does not know it.
    return translateErrors(() -> client.eval(RowCodec.octets(script.lua()), octets, arguments));
  }

  private <T extends @Nullable Object> T translateErrors(Supplier<T> call) {
    try {
      return call.get();
    } catch (JedisException | IllegalStateException | ClassCastException e) {
      throw RedisErrors.toStoreException(e, prefix);
    }
  }

  private static PolicyStoreException unexpected(String expected, @Nullable Object found) {
    return new PolicyStoreException(
        "Redis: expected "
            + expected
            + " from a script, found "
            + (found == null ? "nothing" : found.getClass().getSimpleName())
            + "; check that the server is Redis or Valkey and not a compatible product");
  }
}
