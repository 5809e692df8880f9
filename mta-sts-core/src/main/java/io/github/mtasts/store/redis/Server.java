package io.github.mtasts.store.redis;

import io.github.mtasts.store.PolicyStoreException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/** Runs scripts by the client that the user gave; one call is one round trip. */
final class Server {
  private final UnifiedJedis client;
  private final String prefix;

  Server(UnifiedJedis client, String prefix) {
    this.client = client;
    this.prefix = prefix;
  }

  /** Runs a script that has no answer. */
  void run(Script script, List<String> keys, List<byte[]> arguments) {
    var unused = answer(script, keys, arguments);
  }

  /** Runs a script that answers with a number. */
  long number(Script script, List<String> keys, List<byte[]> arguments) {
    return number(answer(script, keys, arguments));
  }

  /** Runs a script that answers with several things. */
  List<?> several(Script script, List<String> keys, List<byte[]> arguments) {
    return several(answer(script, keys, arguments));
  }

  static long number(@Nullable Object answer) {
    if (answer instanceof Long number) {
      return number;
    }
    throw strange("a number", answer);
  }

  static List<?> several(@Nullable Object answer) {
    if (answer instanceof List<?> list) {
      return list;
    }
    throw strange("an array", answer);
  }

  static byte[] octets(@Nullable Object answer) {
    if (answer instanceof byte[] octets) {
      return octets;
    }
    throw strange("text", answer);
  }

  /** Between the calls of a long piece of work: a call itself does not notice. */
  static void refuseIfInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new PolicyStoreException(
          "Redis: expected to go on, found the thread interrupted; its caller has stopped waiting");
    }
  }

  private @Nullable Object answer(Script script, List<String> keys, List<byte[]> arguments) {
    List<byte[]> octets = keys.stream().map(Row::octets).toList();
    // The text goes with each call: it is short, and no restart or failover can have forgotten it.
    return asked(() -> client.eval(Row.octets(script.lua()), octets, arguments));
  }

  private <T extends @Nullable Object> T asked(Supplier<T> question) {
    try {
      return question.get();
    } catch (JedisException | IllegalStateException | ClassCastException e) {
      throw Trouble.of(e, prefix);
    }
  }

  private static PolicyStoreException strange(String expected, @Nullable Object found) {
    return new PolicyStoreException(
        "Redis: expected "
            + expected
            + " from a script, found "
            + (found == null ? "nothing" : found.getClass().getSimpleName())
            + "; check that the server is Redis or Valkey and not something that resembles it");
  }
}
