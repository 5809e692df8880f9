// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.lab;

import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.testing.TestCertificate;
import io.github.mtasts.testing.TestInternet;
import java.util.List;

/** Several MX hosts, and wildcard patterns. */
final class MultipleMxHosts {
  private static final String DOMAIN = "big.example";

  private MultipleMxHosts() {}

  static ScenarioGroup group() {
    return new ScenarioGroup(
        "More than one MX host",
        "big.example has mode enforce and many MX hosts. A policy can use a wildcard:"
            + " *.mail.example matches every name with exactly one more label.",
        List.of(secondIsGood(), oneLabel(), twoLabels()));
  }

  private static Scenario secondIsGood() {
    return new Scenario(
        "second MX host good when the first fails",
        "The certificate of the first MX host has expired. The second MX host is correct. The"
            + " sender delivers to the second.",
        ScenarioResult.verified("mx2.big.example").withProblem("certificate-expired"),
        network -> {
          TestCertificate expired =
              network.authorities().trusted().leaf().dnsNames("mx1.big.example").expired().issue();
          network
              .mx(DOMAIN, 10, "mx1.big.example")
              .mx(DOMAIN, 20, "mx2.big.example")
              .genuineMx("mx1.big.example", expired)
              .genuineMx("mx2.big.example");
          enforcing(network, "mx1.big.example", "mx2.big.example");
          return DOMAIN;
        });
  }

  private static Scenario oneLabel() {
    return new Scenario(
        "wildcard, one label",
        "The MX host is a.mail.example. The policy lists *.mail.example, which matches.",
        ScenarioResult.verified("a.mail.example"),
        network -> {
          network.mx(DOMAIN, 10, "a.mail.example").genuineMx("a.mail.example");
          enforcing(network, "*.mail.example");
          return DOMAIN;
        });
  }

  private static Scenario twoLabels() {
    return new Scenario(
        "wildcard, two labels",
        "The MX host is a.b.mail.example. The wildcard matches one label, not two.",
        ScenarioResult.deferred(ScenarioResult.NOT_LISTED),
        network -> {
          network.mx(DOMAIN, 10, "a.b.mail.example").genuineMx("a.b.mail.example");
          enforcing(network, "*.mail.example");
          return DOMAIN;
        });
  }

  private static void enforcing(LabNetwork network, String... mx) {
    network.record(DOMAIN, "1").policy(DOMAIN, TestInternet.policy(PolicyMode.ENFORCE, mx));
  }
}
