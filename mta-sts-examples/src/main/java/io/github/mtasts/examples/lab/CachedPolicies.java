// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.lab;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.testing.TestInternet;
import java.time.Duration;
import java.util.List;

/** Cached policies stay valid during an attack, until they expire. */
final class CachedPolicies {
  private static final String DOMAIN = "bank.example";
  private static final String MX = "mx1.bank.example";
  private static final String STRIPPED = ResultType.STARTTLS_NOT_SUPPORTED.label();

  private CachedPolicies() {}

  static ScenarioGroup group() {
    return new ScenarioGroup(
        "Cached policies",
        "The sender has a cached policy for bank.example. An hour later the attacker tampers with"
            + " DNS or HTTPS and strips STARTTLS. Expected: the cached policy stays valid until"
            + " max_age has passed, and the message is deferred.",
        List.of(
            tampered(
                "policy host blocked",
                "The attacker blocks all connections to the policy host.",
                network -> network.policyHostBlocked(DOMAIN)),
            tampered(
                "TXT record removed",
                "The attacker forges a DNS answer: there is no MTA-STS record.",
                network -> network.withoutRecord(DOMAIN)),
            tampered(
                "TXT id forged and HTTPS blocked",
                "The attacker forges a new id, so that the sender fetches a new policy, and blocks"
                    + " the fetch.",
                network -> network.record(DOMAIN, "666").policyHostBlocked(DOMAIN)),
            blockedPolicyHost(),
            expired()));
  }

  private static Scenario tampered(String name, String description, Tampering tampering) {
    return new Scenario(
        name,
        description,
        ScenarioResult.deferred(STRIPPED),
        network -> {
          cached(network);
          tampering.on(network.advance(Duration.ofHours(1)));
          network.interceptWithoutTls(MX);
          return DOMAIN;
        });
  }

  private static Scenario blockedPolicyHost() {
    return new Scenario(
        "no policy host, but the right mail host",
        "The policy host is down, but nobody attacks. The certificate of the MX host is trusted."
            + " The sender delivers under the cached policy.",
        ScenarioResult.verified(MX),
        network -> {
          cached(network);
          network.advance(Duration.ofHours(1)).policyHostBlocked(DOMAIN);
          return DOMAIN;
        });
  }

  private static Scenario expired() {
    return new Scenario(
        "policy expired",
        "The domain removes its TXT record and its policy, and its MX host stops offering TLS."
            + " A month later the cached policy has expired and no longer applies.",
        ScenarioResult.inClear(MX),
        network -> {
          cached(network);
          network
              .advance(Duration.ofDays(30))
              .withoutRecord(DOMAIN)
              .policyHostBlocked(DOMAIN)
              .withoutTls(MX);
          return DOMAIN;
        });
  }

  private static void cached(LabNetwork network) throws Exception {
    network
        .mx(DOMAIN, 10, MX)
        .genuineMx(MX)
        .record(DOMAIN, "1")
        .policy(DOMAIN, TestInternet.policy(PolicyMode.ENFORCE, MX))
        .sendFirst(DOMAIN);
  }

  /** What the attacker does to DNS and HTTPS. */
  @FunctionalInterface
  private interface Tampering {
    void on(LabNetwork network);
  }
}
