// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.testing.MxServer;
import io.github.mtasts.testing.TestInternet;

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
   */
  public static int messagesToAnImpostor(Mailer mailer) {
    // region test-kit
    try (TestInternet internet = TestInternet.start();
        MxServer impostor = MxServer.start(internet.ca().issue("mx.attacker.example"));
        PolicyResolver resolver = internet.resolver().build()) {
      internet.publish("example.com", TestInternet.policy(PolicyMode.ENFORCE, "localhost"));
      mailer.send(resolver, "example.com", impostor.address().getPort());
      return impostor.messages().size(); // expected: 0
    }
    // endregion
  }
}
