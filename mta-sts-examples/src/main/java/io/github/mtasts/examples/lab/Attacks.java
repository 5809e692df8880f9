// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.lab;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.examples.lab.ScenarioResult.Delivery;
import io.github.mtasts.examples.lab.ScenarioResult.Reader;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.testing.TestInternet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Six attacks between a sender and an MX host, in mode enforce and in mode testing. */
final class Attacks {
  private static final String DOMAIN = "bank.example";
  private static final String MX = "mx1.bank.example";
  private static final String FORGED = "mx.attacker.example";

  private static final List<Attack> ALL =
      List.of(
          new Attack(
              "STARTTLS stripped",
              "The attacker answers instead of the MX host and does not offer STARTTLS.",
              ResultType.STARTTLS_NOT_SUPPORTED.label(),
              Delivery.IN_CLEAR,
              MX,
              network -> network.interceptWithoutTls(MX)),
          new Attack(
              "certificate from an unknown CA",
              "The attacker answers with a certificate for the right name, signed by the"
                  + " attacker's own CA.",
              ResultType.CERTIFICATE_NOT_TRUSTED.label(),
              Delivery.UNVERIFIED,
              MX,
              network -> network.intercept(MX, network.authorities().attacker().issue(MX))),
          new Attack(
              "expired certificate",
              "The attacker has an old private key of the MX host. The certificate has"
                  + " expired.",
              ResultType.CERTIFICATE_EXPIRED.label(),
              Delivery.UNVERIFIED,
              MX,
              network ->
                  network.intercept(
                      MX, network.authorities().trusted().leaf().dnsNames(MX).expired().issue())),
          new Attack(
              "name only in the common name",
              "The certificate has the right name only in the common name. CAs do not verify the"
                  + " common name, so senders must ignore it.",
              ResultType.CERTIFICATE_HOST_MISMATCH.label(),
              Delivery.UNVERIFIED,
              MX,
              network ->
                  network.intercept(
                      MX, network.authorities().trusted().leaf().commonName(MX).issue())),
          new Attack(
              "certificate for another host",
              "The attacker answers with a valid certificate for another host.",
              ResultType.CERTIFICATE_HOST_MISMATCH.label(),
              Delivery.UNVERIFIED,
              MX,
              network -> network.intercept(MX, network.authorities().trusted().issue(FORGED))),
          new Attack(
              "MX record forged",
              "The attacker forges the MX record. It points to the attacker's host, which has a"
                  + " valid certificate for its own name.",
              ScenarioResult.NOT_LISTED,
              Delivery.UNVERIFIED,
              FORGED,
              network ->
                  network
                      .withoutMx(DOMAIN)
                      .mx(DOMAIN, 10, FORGED)
                      .intercept(FORGED, network.authorities().trusted().issue(FORGED))));

  private Attacks() {}

  static ScenarioGroup underEnforce() {
    return new ScenarioGroup(
        "An attacker on the path",
        "bank.example has a policy with mode enforce, and its MX host is correct. An attacker is"
            + " on the path between the sender and the MX host. Expected: the attacker gets no"
            + " mail. The sender defers the message and tries again later.",
        ALL.stream().map(Attack::underEnforce).toList());
  }

  static ScenarioGroup inTesting() {
    return new ScenarioGroup(
        "The same attacks, in mode testing",
        "The same six attacks, but the policy has mode testing. Expected: the sender detects and"
            + " logs each attack, but delivers the message. Testing gives no protection, so a"
            + " domain should change to enforce.",
        ALL.stream().map(Attack::inTesting).toList());
  }

  /**
   * One attack.
   *
   * @param name a short name
   * @param description what the attacker does
   * @param problem what the sender logs
   * @param delivery how the message is delivered in mode testing
   * @param mx the MX host that gets the message in mode testing
   * @param launch starts the attack
   */
  private record Attack(
      String name,
      String description,
      String problem,
      Delivery delivery,
      String mx,
      Consumer<LabNetwork> launch) {

    Scenario underEnforce() {
      return scenario(name, PolicyMode.ENFORCE, ScenarioResult.deferred(problem));
    }

    Scenario inTesting() {
      // RFC 8460 has no result type for an unlisted host, so it is a general failure.
      String logged =
          problem.equals(ScenarioResult.NOT_LISTED)
              ? ResultType.VALIDATION_FAILURE.label()
              : problem;
      return scenario(
          name + ", in testing",
          PolicyMode.TESTING,
          new ScenarioResult(delivery, Optional.of(mx), Reader.ATTACKER, Optional.of(logged)));
    }

    private Scenario scenario(String title, PolicyMode mode, ScenarioResult expected) {
      return new Scenario(
          title,
          description,
          expected,
          network -> {
            network
                .mx(DOMAIN, 10, MX)
                .genuineMx(MX)
                .record(DOMAIN, "1")
                .policy(DOMAIN, TestInternet.policy(mode, MX));
            launch.accept(network);
            return DOMAIN;
          });
    }
  }
}
