// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.lab;

import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.testing.TestInternet;
import java.time.Duration;
import java.util.List;

/** Deliveries without an attack. */
final class NormalOperation {
  private static final String DOMAIN = "nmrc.org";
  private static final String MX = "talon.nmrc.org";

  private NormalOperation() {}

  static ScenarioGroup group() {
    return new ScenarioGroup(
        "Normal operation",
        "Most domains have no policy, and nothing changes for them. nmrc.org has a policy,"
            + " published on another machine than its MX host. It started with mode testing:"
            + " senders check everything and refuse nothing.",
        List.of(withoutMtaSts(), inTesting(), aWeekLater(), movedToAnotherHost(), optedOut()));
  }

  private static Scenario withoutMtaSts() {
    return new Scenario(
        "no MTA-STS at all",
        "plain.example has no MTA-STS record, and its MX host does not support TLS. The sender"
            + " delivers in clear text, as without MTA-STS.",
        ScenarioResult.inClear("mail.plain.example"),
        network -> {
          network.mx("plain.example", 10, "mail.plain.example").withoutTls("mail.plain.example");
          return "plain.example";
        });
  }

  private static Scenario inTesting() {
    return new Scenario(
        "nmrc.org, as its owner published it",
        "The record is v=STSv1; id=20240627092600; and the policy has mode testing, one MX host"
            + " and a max_age of one week. The certificate of the MX host is trusted.",
        ScenarioResult.verified(MX),
        network -> {
          asPublished(network);
          return DOMAIN;
        });
  }

  private static Scenario aWeekLater() {
    return new Scenario(
        "nmrc.org, a week later",
        "Testing found no problems, so the domain publishes mode enforce with a new id. The"
            + " sender sees the new id, fetches the new policy and enforces it.",
        ScenarioResult.verified(MX),
        network -> {
          asPublished(network);
          network.sendFirst(DOMAIN);
          network
              .advance(Duration.ofDays(7))
              .record(DOMAIN, "20240704101500")
              .policy(DOMAIN, TestInternet.policy(PolicyMode.ENFORCE, MX))
              .mustLog("mode enforce");
          return DOMAIN;
        });
  }

  private static Scenario movedToAnotherHost() {
    return new Scenario(
        "new mail host, new policy",
        "The domain has mode enforce, moves to another MX host and publishes a new policy at the"
            + " same time. The cached policy does not list the new host. Before the sender defers,"
            + " it checks for a newer policy, finds it and tries again.",
        ScenarioResult.verified("heron.nmrc.org"),
        network -> {
          enforcing(network);
          network.sendFirst(DOMAIN);
          network
              .withoutMx(DOMAIN)
              .mx(DOMAIN, 10, "heron.nmrc.org")
              .genuineMx("heron.nmrc.org")
              .record(DOMAIN, "20240801120000")
              .policy(DOMAIN, TestInternet.policy(PolicyMode.ENFORCE, "heron.nmrc.org"));
          return DOMAIN;
        });
  }

  private static Scenario optedOut() {
    return new Scenario(
        "a policy that says none",
        "leaving.example ends its use of MTA-STS with mode none. That is the same as no policy."
            + " Its MX host no longer supports TLS, and the sender delivers in clear text.",
        ScenarioResult.inClear("mail.leaving.example"),
        network -> {
          network
              .mx("leaving.example", 10, "mail.leaving.example")
              .withoutTls("mail.leaving.example")
              .record("leaving.example", "9")
              .policy("leaving.example", TestInternet.policy(PolicyMode.NONE));
          return "leaving.example";
        });
  }

  private static void asPublished(LabNetwork network) {
    network
        .mx(DOMAIN, 10, MX)
        .genuineMx(MX)
        .txt(DOMAIN, "v=STSv1; id=20240627092600;")
        .policy(DOMAIN, TestInternet.policy(PolicyMode.TESTING, MX));
  }

  private static void enforcing(LabNetwork network) {
    network
        .mx(DOMAIN, 10, MX)
        .genuineMx(MX)
        .record(DOMAIN, "20240704101500")
        .policy(DOMAIN, TestInternet.policy(PolicyMode.ENFORCE, MX));
  }
}
