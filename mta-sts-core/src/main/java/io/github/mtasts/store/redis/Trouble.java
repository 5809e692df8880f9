package io.github.mtasts.store.redis;

import io.github.mtasts.store.PolicyStoreException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisClusterOperationException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Turns what a client throws into what an operator can act on. */
final class Trouble {
  /** An error reply begins with its code; that of a script up to Redis 6 has it after a hyphen. */
  private static final Pattern CODE = Pattern.compile("(?:^|: -)(?!ERR )([A-Z]{3,20}) ");

  private Trouble() {}

  static PolicyStoreException of(RuntimeException thrown, String prefix) {
    if (hasCause(thrown, InterruptedException.class)) {
      // The pool of the client swallowed it.
      Thread.currentThread().interrupt();
      return because(thrown, "expected a connection from the pool, found an interrupt");
    }
    if (thrown instanceof JedisAccessControlException) {
      return because(
          thrown,
          "expected to be let in, found "
              + code(thrown)
              + "; check the client's user and password, and that the user may run EVAL and the"
              + " commands of hashes, sorted sets and strings on keys that begin with "
              + prefix);
    }
    if (thrown instanceof JedisDataException) {
      return because(
          thrown, "expected to be served, found the error " + code(thrown) + "; " + advice(thrown));
    }
    if (thrown instanceof JedisConnectionException
        || thrown instanceof JedisClusterOperationException) {
      return because(
          thrown,
          "expected an answer, found "
              + root(thrown).getClass().getSimpleName()
              + "; check that the server runs, and the client's address and timeouts");
    }
    return because(
        thrown,
        "expected a connection, found "
            + root(thrown).getClass().getSimpleName()
            + "; check that the client is open and that its pool has connections for all threads");
  }

  private static String advice(RuntimeException refusal) {
    return switch (code(refusal)) {
      case "OOM" -> "raise maxmemory, and keep maxmemory-policy at noeviction";
      case "READONLY" -> "connect to the primary, not to a replica";
      case "MISCONF" -> "see in the server's log why it cannot write to disk";
      case "WRONGTYPE" -> "remove the key that something else wrote under this store's prefix";
      case "LOADING", "BUSY", "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN" -> "wait, then look at it";
      default -> "see the server's log";
    };
  }

  /**
   * The code alone: old servers quote commands that they do not know, with the password in them.
   */
  private static String code(RuntimeException refusal) {
    Matcher matcher = CODE.matcher(String.valueOf(refusal.getMessage()));
    return matcher.find() ? matcher.group(1) : "ERR";
  }

  private static PolicyStoreException because(RuntimeException thrown, String what) {
    return quotesCommand(thrown)
        ? new PolicyStoreException("Redis: " + what)
        : new PolicyStoreException("Redis: " + what, thrown);
  }

  private static boolean quotesCommand(Throwable thrown) {
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      if (String.valueOf(each.getMessage()).contains("args beginning with")) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasCause(Throwable thrown, Class<? extends Throwable> type) {
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      if (type.isInstance(each)) {
        return true;
      }
    }
    return false;
  }

  private static Throwable root(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
