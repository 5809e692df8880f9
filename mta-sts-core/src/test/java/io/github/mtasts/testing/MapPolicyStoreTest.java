package io.github.mtasts.testing;

import io.github.mtasts.store.PolicyStore;
import io.github.mtasts.store.UnreadableRow;

/** The contract holds for its plainest form, and so can be kept. */
final class MapPolicyStoreTest extends PolicyStoreContract {
  private final MapPolicyStore storage = new MapPolicyStore();

  @Override
  protected PolicyStore open() {
    return storage;
  }

  @Override
  protected void corrupt(String domain) {
    storage.put(new UnreadableRow(domain, "spoilt by a test"));
  }
}
