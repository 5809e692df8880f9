// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.testing;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.UnreadableRow;

/** The simplest store keeps the contract. */
final class MapPolicyStoreTest extends PolicyStoreContract {
  private final MapPolicyStore storage = new MapPolicyStore();

  @Override
  protected PolicyStore open() {
    return storage;
  }

  @Override
  protected void corrupt(String domain) {
    storage.put(new UnreadableRow(domain, "corrupted by a test"));
  }
}
