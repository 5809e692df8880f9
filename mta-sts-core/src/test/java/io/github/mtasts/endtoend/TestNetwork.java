// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.endtoend;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.PolicyResolverBuilder;
import io.github.mtasts.testing.PolicyHosts;
import io.github.mtasts.testing.SettableClock;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.testing.TestDns;
import java.io.IOException;

/** One DNS server, one HTTPS server for all policy hosts, one CA, one clock. */
final class TestNetwork implements AutoCloseable {
  final TestCa ca = TestCa.create();
  final TestDns dns = TestDns.start();
  final SettableClock clock = new SettableClock();
  final PolicyHosts hosts;

  TestNetwork() throws IOException {
    hosts = PolicyHosts.start(ca);
  }

  TestNetwork publish(String domain, String id, String policy) {
    dns.txt("_mta-sts." + domain, "v=STSv1; id=" + id + ";");
    dns.a("mta-sts." + domain, hosts.address().getHostAddress());
    hosts.publish(domain, policy);
    return this;
  }

  PolicyResolverBuilder resolver() {
    return PolicyResolver.builder()
        .dnsServers(dns.address())
        .policyHostPort(hosts.port())
        .policyHostTrust(ca.trustManager())
        .mxHostTrust(ca.trustManager())
        .allowPolicyHostAddresses("127.0.0.0/8")
        .clock(clock, clock.nanoTicker());
  }

  static String enforce(String mx) {
    return "version: STSv1\nmode: enforce\nmx: " + mx + "\nmax_age: 604800\n";
  }

  @Override
  public void close() {
    hosts.close();
    dns.close();
  }
}
