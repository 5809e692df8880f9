// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import static io.github.mtasts.policy.PolicyMode.ENFORCE;
import static io.github.mtasts.testing.TestInternet.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.PolicyCacheAdmin.State;
import io.github.mtasts.PolicyResolver;
import io.github.mtasts.testing.InMemoryPolicyStore;
import io.github.mtasts.testing.TestInternet;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** The store recipes work as documented. */
class PersistentPoliciesTest {
  @TempDir Path directory;

  @Test
  void buildsAResolverWithAStoreAndOverrides() throws Exception {
    Path policies = directory.resolve("policies.db");
    Path overrides = Files.createFile(directory.resolve("overrides"));
    Files.writeString(
        overrides,
        "example.com skip author=alice reason=\"phone call\" until=2099-01-01T00:00:00Z\n");

    try (PolicyResolver resolver = PersistentPolicies.resolver(policies, overrides)) {
      assertThat(resolver.resolve("example.com").explain()).contains("alice", "phone call");
      assertThat(resolver.cache().list(State.ANY, "", 10).rows()).isEmpty();
    }
  }

  @Test
  void buildsAResolverOfAFleet() {
    SQLiteDataSource database = new SQLiteDataSource();
    database.setUrl("jdbc:sqlite:" + directory.resolve("shared.db"));

    try (PolicyResolver resolver = PersistentPolicies.ofAFleet(database)) {
      assertThat(resolver.cache().list(State.ANY, "", 10).rows()).isEmpty();
    }
  }

  @Test
  void refreshFetchesAChangedPolicyWithTheSameId() throws Exception {
    try (TestInternet internet = TestInternet.start();
        PolicyResolver resolver = internet.resolver().store(new InMemoryPolicyStore()).build()) {
      internet.publish("example.com", policy(ENFORCE, "old.example.com"));
      assertThat(resolver.resolve("example.com").decide("new.example.com").isRefused()).isTrue();
      internet.policyHosts().publish("example.com", policy(ENFORCE, "new.example.com"));

      assertThat(PersistentPolicies.refresh(resolver)).contains("example.com");

      assertThat(resolver.resolve("example.com").decide("new.example.com").isListed()).isTrue();
    }
  }
}
