package io.github.mtasts.examples.cli;

import io.github.mtasts.PolicyCacheAdmin;
import io.github.mtasts.PolicyResolver;
import io.github.mtasts.PolicyResolverBuilder;
import io.github.mtasts.store.PolicyStoreException;

/** What one of the commands {@code cache} does. */
@FunctionalInterface
interface CacheOperation {

  /** Does it; what the store has to say is said elsewhere. */
  ExitStatus on(PolicyCacheAdmin cache) throws Complaint;

  /**
   * Does it with a resolver that is made for it, and that ends with its store afterwards.
   *
   * @param builder has been given the store already
   */
  default int run(StoreOptions store, PolicyResolverBuilder builder, Terminal terminal)
      throws Complaint {
    ExitStatus status;
    try (store;
        PolicyResolver resolver = builder.build()) {
      status = on(resolver.cache());
    } catch (PolicyStoreException unanswered) {
      if (!store.hasFailed()) {
        terminal.complain(String.valueOf(unanswered.getMessage()));
      }
      status = ExitStatus.TEMPORARY;
    }
    return status.and(store.hasFailed() ? ExitStatus.TEMPORARY : ExitStatus.FINE).code();
  }
}
