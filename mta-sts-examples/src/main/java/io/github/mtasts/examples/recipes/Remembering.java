package io.github.mtasts.examples.recipes;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.jdbc.JdbcPolicyStore;
import java.nio.file.Path;
import javax.sql.DataSource;

/** Policies that outlive the process, and what to do when a receiver has changed its MX hosts. */
public final class Remembering {
  private Remembering() {}

  /**
   * Builds a resolver that remembers.
   *
   * @param dataSource any pool of yours
   * @param overrides a file that only operators may write
   */
  public static PolicyResolver resolver(DataSource dataSource, Path overrides) {
    // region store
    PolicyStore store =
        JdbcPolicyStore.of(dataSource); // or new RedisPolicyStore(RedisClient.create(…))
    return PolicyResolver.builder().store(store).overridesFile(overrides).build();
    // endregion
  }

  /** Fetches a policy anew, for an operator who cannot wait. */
  public static String refresh(PolicyResolver resolver) {
    // region operator
    Resolution now =
        resolver.cache().refresh("example.com"); // whatever DNS says, whatever failed before
    return now.explain();
    // endregion
  }
}
