// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.redis;

import io.github.mtasts.store.PolicyStoreException;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisClusterOperationException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Converts a client's exception to a {@link PolicyStoreException} that says what to do. */
final class RedisErrors {
  /** The code at the start of an error reply; in replies to scripts up to Redis 6, after ": -". */
  private static final Pattern CODE = Pattern.compile("(?:^|: -)(?!ERR )([A-Z]{3,20}) ");

  private RedisErrors() {}

  static PolicyStoreException toStoreException(RuntimeException thrown, String prefix) {
    if (causes(thrown).anyMatch(InterruptedException.class::isInstance)) {
      // The client's pool cleared the interrupt status.
      Thread.currentThread().interrupt();
      return exception(thrown, "expected a connection from the pool, found an interrupt");
    }
    if (thrown instanceof JedisAccessControlException) {
      return exception(
          thrown,
          "expected access, found the error "
              + code(thrown)
              + "; check the client's user and password, and that the user may run EVAL and the"
              + " commands for hashes, sorted sets and strings on keys that begin with "
              + prefix);
    }
    if (thrown instanceof JedisDataException) {
      return exception(
          thrown, "expected a result, found the error " + code(thrown) + "; " + advice(thrown));
    }
    if (thrown instanceof JedisConnectionException
        || thrown instanceof JedisClusterOperationException) {
      return exception(
          thrown,
          "expected an answer, found "
              + rootCause(thrown).getClass().getSimpleName()
              + "; check that the server is running, and the client's address and timeouts");
    }
    return exception(
        thrown,
        "expected a connection, found "
            + rootCause(thrown).getClass().getSimpleName()
            + "; check that the client is open and that its pool has connections for all threads");
  }

  private static String advice(RuntimeException thrown) {
    return switch (code(thrown)) {
      case "OOM" -> "raise maxmemory, and keep maxmemory-policy at noeviction";
      case "READONLY" -> "connect to the primary, not to a replica";
      case "MISCONF" -> "read the server's log for the reason why it cannot write to disk";
      case "WRONGTYPE" -> "remove the key that another program wrote under this store's prefix";
      case "LOADING", "BUSY", "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN" ->
          "wait; check the server if it persists";
      default -> "read the server's log";
    };
  }

  /** Returns only the code: old servers quote unknown commands, including the password in them. */
  private static String code(RuntimeException thrown) {
    Matcher matcher = CODE.matcher(String.valueOf(thrown.getMessage()));
    return matcher.find() ? matcher.group(1) : "ERR";
  }

  private static PolicyStoreException exception(RuntimeException thrown, String detail) {
    return quotesCommand(thrown)
        ? new PolicyStoreException("Redis: " + detail)
        : new PolicyStoreException("Redis: " + detail, thrown);
  }

  private static boolean quotesCommand(Throwable thrown) {
    return causes(thrown)
        .anyMatch(each -> String.valueOf(each.getMessage()).contains("args beginning with"));
  }

  private static Throwable rootCause(Throwable thrown) {
    return causes(thrown).reduce(thrown, (outer, inner) -> inner);
  }

  private static Stream<Throwable> causes(Throwable thrown) {
    return Stream.iterate(thrown, Objects::nonNull, Throwable::getCause);
  }
}
