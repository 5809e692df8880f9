// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.PolicyCacheAdmin.State;
import io.github.mtasts.PolicyResolver;
import io.github.mtasts.testing.InMemoryPolicyStore;
import io.github.mtasts.testing.PolicyHosts;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.testing.TestDns;
import java.nio.file.Files;
import java.nio.file.Path;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store recipes work as documented. */
class PersistentPoliciesTest {
  @TempDir Path directory;

  @Test
  void buildsAResolverWithAStoreAndOverrides() throws Exception {
    JdbcDataSource database = new JdbcDataSource();
    database.setURL("jdbc:h2:async:" + directory.resolve("policies") + ";REUSE_SPACE=FALSE");
    Path overrides = Files.createFile(directory.resolve("overrides"));
    Files.writeString(
        overrides,
        "example.com skip author=alice reason=\"phone call\" until=2099-01-01T00:00:00Z\n");

    try (PolicyResolver resolver = PersistentPolicies.resolver(database, overrides)) {
      assertThat(resolver.resolve("example.com").explain()).contains("alice", "phone call");
      assertThat(resolver.cache().list(State.ANY, "", 10).rows()).isEmpty();
    }
  }

  @Test
  void refreshFetchesAChangedPolicyWithTheSameId() throws Exception {
    TestCa ca = TestCa.create();
    try (TestDns dns = TestDns.start();
        PolicyHosts hosts = PolicyHosts.start(ca);
        PolicyResolver resolver =
            PolicyResolver.builder()
                .dnsServers(dns.address())
                .policyHostPort(hosts.port())
                .allowPolicyHostAddresses("127.0.0.0/8")
                .policyHostTrust(ca.trustManager())
                .store(new InMemoryPolicyStore())
                .build()) {
      dns.txt("_mta-sts.example.com", "v=STSv1; id=1;").a("mta-sts.example.com", "127.0.0.1");
      hosts.publish("example.com", policy("old.example.com"));
      assertThat(resolver.resolve("example.com").decide("new.example.com").isRefused()).isTrue();
      hosts.publish("example.com", policy("new.example.com"));

      assertThat(PersistentPolicies.refresh(resolver)).contains("example.com");

      assertThat(resolver.resolve("example.com").decide("new.example.com").isListed()).isTrue();
    }
  }

  private static String policy(String mx) {
    return "version: STSv1\nmode: enforce\nmx: " + mx + "\nmax_age: 86400\n";
  }
}
