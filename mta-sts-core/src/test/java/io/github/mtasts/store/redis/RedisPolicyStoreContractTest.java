// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.redis;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.testing.PolicyStoreContract;
import org.junit.jupiter.api.AutoClose;

/** The contract of the port with a real server. */
final class RedisPolicyStoreContractTest extends PolicyStoreContract {
  @AutoClose private static final LocalRedis REDIS = new LocalRedis();

  private final String prefix = REDIS.newPrefix();

  @Override
  protected PolicyStore open() {
    return new RedisPolicyStore(REDIS.client(), prefix);
  }

  /** Corrupts a field that the scripts do not check, so that Java must detect it. */
  @Override
  protected void corrupt(String domain) {
    REDIS.client().hset(prefix + "{store}:policy:" + domain, "mode", "maybe");
  }

  @Override
  protected boolean rowsExpireByThemselves() {
    return true;
  }
}
