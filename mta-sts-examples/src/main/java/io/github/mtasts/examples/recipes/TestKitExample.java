// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.PolicyHosts;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.testing.TestDns;
import java.io.IOException;

/** Tests a mailer with the test kit in the {@code tests} jar. */
public final class TestKitExample {
  private TestKitExample() {}

  /** The mailer under test. */
  @FunctionalInterface
  public interface Mailer {
    /** Sends a message to the domain, whose MX host listens on the port. */
    void send(PolicyResolver resolver, String domain, int port);
  }

  /**
   * Runs the mailer against an MX host with the certificate of another host.
   *
   * @param mailer the mailer
   * @return how many messages that host got; 0 if the mailer is correct
   * @throws IOException if no port is free
   */
  public static int messagesToAnImpostor(Mailer mailer) throws IOException {
    // region test-kit
    TestCa ca = TestCa.create();
    try (TestDns dns = TestDns.start();
        PolicyHosts hosts = PolicyHosts.start(ca);
        MxServer impostor = MxServer.start(ca.issue("mx.attacker.example"));
        PolicyResolver resolver =
            PolicyResolver.builder()
                .dnsServers(dns.address())
                .policyHostPort(hosts.port())
                .allowPolicyHostAddresses("127.0.0.0/8")
                .policyHostTrust(ca.trustManager())
                .mxHostTrust(ca.trustManager())
                .build()) {
      dns.txt("_mta-sts.example.com", "v=STSv1; id=1;").a("mta-sts.example.com", "127.0.0.1");
      hosts.publish(
          "example.com", "version: STSv1\nmode: enforce\nmx: localhost\nmax_age: 86400\n");
      mailer.send(resolver, "example.com", impostor.address().getPort());
      return impostor.messages().size(); // expected: 0
    }
    // endregion
  }
}
