package io.github.mtasts.examples.recipes;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.PolicyHosts;
import io.github.mtasts.testing.TestCa;
import io.github.mtasts.testing.TestDns;
import java.io.IOException;

/** A test of one's own mailer, with the kit in the artifact's {@code tests} jar. */
public final class TestingYourMailer {
  private TestingYourMailer() {}

  /** The mailer under test. */
  @FunctionalInterface
  public interface Mailer {
    /** Sends a message to somebody at the domain, whose MX host listens at the port. */
    void send(PolicyResolver resolver, String domain, int port);
  }

  /**
   * Shows the mailer an MX host with somebody else's certificate.
   *
   * @param mailer the mailer
   * @return how many messages that host got; none, if the mailer is right
   * @throws IOException if there is no port to be had
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
