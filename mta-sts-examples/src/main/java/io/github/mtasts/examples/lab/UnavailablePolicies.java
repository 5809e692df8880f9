// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.lab;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.testing.PolicyAnswer;
import io.github.mtasts.testing.TestInternet;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Policies that cannot be fetched, when no policy is cached. */
final class UnavailablePolicies {
  private static final String DOMAIN = "shop.example";
  private static final String MX = "mail.shop.example";
  private static final String NOT_FETCHED = ResultType.STS_POLICY_FETCH_ERROR.label();

  private UnavailablePolicies() {}

  static ScenarioGroup group() {
    return new ScenarioGroup(
        "Policies that cannot be fetched",
        "The sender has no cached policy for shop.example and cannot get a valid one. Expected:"
            + " the sender accepts no invalid policy and connects to no forbidden address. It logs"
            + " the problem and delivers as without MTA-STS.",
        List.of(
            unfetched(
                "redirect",
                "The policy host redirects to a host that serves a valid policy. The sender does"
                    + " not follow redirects.",
                network -> network.policyElsewhere(DOMAIN, "elsewhere.example", policy())),
            unfetched(
                "404",
                "The policy host answers 404 Not Found.",
                network -> network.policyAnswer(DOMAIN, PolicyAnswer.status(404))),
            unfetched(
                "HTML instead of text",
                "The policy host serves the policy as text/html.",
                network ->
                    network.policyAnswer(
                        DOMAIN, PolicyAnswer.policy(policy()).withContentType("text/html"))),
            unfetched(
                "more than 64 KiB",
                "The policy starts correctly but is larger than 64 KiB.",
                network ->
                    network.policyAnswer(
                        DOMAIN, PolicyAnswer.policy(policy() + "x: y\r\n".repeat(11_000)))),
            unfetched(
                "slow drip",
                "The policy host sends the policy very slowly, octet by octet.",
                network -> {
                  network.fetchDeadline(Duration.ofSeconds(1));
                  network.policyAnswer(
                      DOMAIN, PolicyAnswer.policy(policy()).dripping(Duration.ofMillis(100)));
                }),
            unfetched(
                "policy host at 127.0.0.1",
                "DNS returns the sender's own loopback address. The sender does not connect to it.",
                network -> network.forbidFetches().refuseSpecialAddresses()),
            unfetched(
                "policy host at 169.254.169.254",
                "DNS returns the address of a cloud metadata service. The sender does not connect"
                    + " to it.",
                network -> {
                  network.forbidFetches().refuseSpecialAddresses();
                  // Usually nothing answers at this address, so the scenario checks the log too.
                  network
                      .policyHostAt(DOMAIN, "169.254.169.254")
                      .mustLog("169.254.169.254 is in 169.254.0.0/16");
                }),
            twoRecords()));
  }

  private static Scenario unfetched(String name, String description, Consumer<LabNetwork> fault) {
    return new Scenario(
        name,
        description,
        ScenarioResult.unverified(MX).withProblem(NOT_FETCHED),
        network -> {
          published(network);
          fault.accept(network);
          return DOMAIN;
        });
  }

  private static Scenario twoRecords() {
    return new Scenario(
        "two TXT records",
        "The domain has two MTA-STS records. That counts as no record: the sender fetches nothing.",
        ScenarioResult.unverified(MX),
        network -> {
          published(network);
          network.txt(DOMAIN, "v=STSv1; id=2;").forbidFetches();
          return DOMAIN;
        });
  }

  private static void published(LabNetwork network) {
    network.mx(DOMAIN, 10, MX).genuineMx(MX).record(DOMAIN, "1").policy(DOMAIN, policy());
  }

  private static String policy() {
    return TestInternet.policy(PolicyMode.ENFORCE, MX);
  }
}
