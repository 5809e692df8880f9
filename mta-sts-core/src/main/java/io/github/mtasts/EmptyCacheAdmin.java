// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import io.github.mtasts.decision.Resolution;
import io.github.mtasts.store.StoredPolicy;
import io.github.mtasts.store.StoredRow;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The cache of a resolver that caches nothing. */
enum EmptyCacheAdmin implements PolicyCacheAdmin {
  INSTANCE;

  @Override
  public Page list(State state, String after, int most) {
    return new Page(List.of(), Optional.empty());
  }

  @Override
  public Optional<StoredRow> show(String domain) {
    return Optional.empty();
  }

  @Override
  public boolean purge(String domain) {
    return false;
  }

  @Override
  public long purgeAll() {
    return 0;
  }

  @Override
  public Resolution refresh(String domain) {
    return Resolution.none(domain);
  }

  @Override
  public long exportTo(Consumer<StoredPolicy> visitor) {
    return 0;
  }

  @Override
  public boolean importFrom(StoredPolicy policy) {
    return false;
  }

  @Override
  public void warm(List<String> domains, int perSecond, Consumer<Progress> progress) {}

  @Override
  public Statistics statistics() {
    return new Statistics(0, 0, 0, 0, 0, 0, 0);
  }
}
