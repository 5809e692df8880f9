// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.PolicyCacheAdmin;
import io.github.mtasts.PolicyResolver;
import io.github.mtasts.PolicyResolverBuilder;
import io.github.mtasts.store.PolicyStoreException;

/** The operation of one {@code cache} command. */
@FunctionalInterface
interface CacheOperation {

  /** Runs the operation; the store's failures are reported by a listener. */
  ExitStatus apply(PolicyCacheAdmin cache) throws CommandException;

  /**
   * Runs the operation with a new resolver, and closes the resolver and the store afterwards.
   *
   * @param builder with the store already set
   */
  default int run(StoreOptions store, PolicyResolverBuilder builder, Terminal terminal)
      throws CommandException {
    ExitStatus status;
    try (store;
        PolicyResolver resolver = builder.build()) {
      status = apply(resolver.cache());
    } catch (PolicyStoreException e) {
      if (!store.hasFailed()) {
        terminal.error(String.valueOf(e.getMessage()));
      }
      status = ExitStatus.TEMPORARY;
    }
    return status.and(store.hasFailed() ? ExitStatus.TEMPORARY : ExitStatus.FINE).code();
  }
}
