// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import io.github.mtasts.store.PolicyStore;

/** The store of the test kit keeps the contract. */
final class InMemoryPolicyStoreTest extends PolicyStoreContract {
  private final InMemoryPolicyStore store = new InMemoryPolicyStore();

  @Override
  protected PolicyStore open() {
    return store;
  }

  @Override
  protected void corrupt(String domain) {
    store.corrupt(domain);
  }
}
