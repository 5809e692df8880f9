// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.jdbc.JdbcPolicyStore;
import java.nio.file.Path;
import javax.sql.DataSource;

/** Keeps policies in a file or a database, and refreshes a policy on demand. */
public final class PersistentPolicies {
  private PersistentPolicies() {}

  /**
   * Builds a resolver with a store and overrides.
   *
   * @param policies a file in an existing directory
   * @param overrides a file that only operators can write
   */
  public static PolicyResolver resolver(Path policies, Path overrides) {
    // region store
    return PolicyResolver.builder().storeFile(policies).overridesFile(overrides).build();
    // endregion
  }

  /**
   * Builds a resolver whose policies several nodes share.
   *
   * @param dataSource a connection pool
   */
  public static PolicyResolver ofAFleet(DataSource dataSource) {
    // region fleet
    PolicyStore store =
        JdbcPolicyStore.of(dataSource); // or new RedisPolicyStore(RedisClient.create(…))
    return PolicyResolver.builder().store(store).build();
    // endregion
  }

  /** Fetches a policy now, for example after a receiver has changed its MX hosts. */
  public static String refresh(PolicyResolver resolver) {
    // region operator
    Resolution now =
        resolver.cache().refresh("example.com"); // even if the id is unchanged or a fetch failed
    return now.explain();
    // endregion
  }
}
