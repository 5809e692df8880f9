package io.github.mtasts.store.redis;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.testing.PolicyStoreContract;
import org.junit.jupiter.api.AutoClose;

/** Every promise of the port, on a real server. */
final class RedisPolicyStoreContractTest extends PolicyStoreContract {
  @AutoClose private static final LocalRedis REDIS = new LocalRedis();

  private final String prefix = REDIS.newPrefix();

  @Override
  protected PolicyStore open() {
    return new RedisPolicyStore(REDIS.client(), prefix);
  }

  /** Spoils what scripts do not look at, so that Java has to find out. */
  @Override
  protected void corrupt(String domain) {
    REDIS.client().hset(prefix + "{store}:policy:" + domain, "mode", "maybe");
  }

  @Override
  protected boolean rowsExpireByThemselves() {
    return true;
  }
}
