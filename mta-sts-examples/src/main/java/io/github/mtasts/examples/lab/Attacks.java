package io.github.mtasts.examples.lab;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.examples.lab.Outcome.Handling;
import io.github.mtasts.examples.lab.Outcome.Reader;
import io.github.mtasts.policy.PolicyMode;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Six ways to get between a sender and an MX host, under enforce and in testing. */
final class Attacks {
  private static final String DOMAIN = "bank.example";
  private static final String MX = "mx1.bank.example";
  private static final String FORGED = "mx.attacker.example";

  private static final List<Attack> ALL =
      List.of(
          new Attack(
              "STARTTLS stripped",
              "The attacker answers in the MX host's place and does not offer STARTTLS.",
              ResultType.STARTTLS_NOT_SUPPORTED.label(),
              Handling.IN_CLEAR,
              MX,
              internet -> internet.interceptWithoutTls(MX)),
          new Attack(
              "certificate from an unknown CA",
              "The attacker answers with a certificate for the right name, signed by a CA of his"
                  + " own.",
              ResultType.CERTIFICATE_NOT_TRUSTED.label(),
              Handling.UNVERIFIED,
              MX,
              internet -> internet.intercept(MX, internet.authorities().attackers().issue(MX))),
          new Attack(
              "expired certificate",
              "The attacker has got hold of an old key of the MX host; its certificate has"
                  + " expired.",
              ResultType.CERTIFICATE_EXPIRED.label(),
              Handling.UNVERIFIED,
              MX,
              internet ->
                  internet.intercept(
                      MX,
                      internet.authorities().everybodys().leaf().dnsNames(MX).expired().issue())),
          new Attack(
              "name only in the common name",
              "The certificate has the right name in the old place, the common name, where nobody"
                  + " checks any more whether its owner may use it.",
              ResultType.CERTIFICATE_HOST_MISMATCH.label(),
              Handling.UNVERIFIED,
              MX,
              internet ->
                  internet.intercept(
                      MX, internet.authorities().everybodys().leaf().commonName(MX).issue())),
          new Attack(
              "certificate for another host",
              "The attacker has a perfectly good certificate, for his own host.",
              ResultType.CERTIFICATE_HOST_MISMATCH.label(),
              Handling.UNVERIFIED,
              MX,
              internet ->
                  internet.intercept(MX, internet.authorities().everybodys().issue(FORGED))),
          new Attack(
              "MX record forged",
              "DNS is forged as well: it sends the mail to the attacker's host, which has a"
                  + " perfectly good certificate for its own name.",
              Outcome.NOT_LISTED,
              Handling.UNVERIFIED,
              FORGED,
              internet ->
                  internet
                      .withoutMx(DOMAIN)
                      .mx(DOMAIN, 10, FORGED)
                      .intercept(FORGED, internet.authorities().everybodys().issue(FORGED))));

  private Attacks() {}

  static Chapter underEnforce() {
    return new Chapter(
        "An attacker on the path",
        "bank.example has a policy that says enforce, and its mail host is in order. But between"
            + " it and the sender sits somebody who wants the mail. Expected: he gets nothing, and"
            + " the mail waits in the queue until he is gone.",
        ALL.stream().map(Attack::underEnforce).toList());
  }

  static Chapter inTesting() {
    return new Chapter(
        "The same, in testing",
        "The same six attacks, while the policy still says testing. The sender notices every one"
            + " of them, and delivers nevertheless: that is what testing means, and why a domain"
            + " should not stay there.",
        ALL.stream().map(Attack::inTesting).toList());
  }

  /**
   * One way.
   *
   * @param name a short name
   * @param plot what the attacker does
   * @param trouble what the sender notes
   * @param handling how the message is delivered where the policy blocks nothing
   * @param mx to which MX host it is delivered then
   * @param launch puts the attacker in place
   */
  private record Attack(
      String name,
      String plot,
      String trouble,
      Handling handling,
      String mx,
      Consumer<Internet> launch) {

    Scenario underEnforce() {
      return scenario(name, PolicyMode.ENFORCE, Outcome.deferred(trouble));
    }

    Scenario inTesting() {
      // TLS reports know no word for an unlisted host, so it is a failure in general.
      String noted =
          trouble.equals(Outcome.NOT_LISTED) ? ResultType.VALIDATION_FAILURE.label() : trouble;
      return scenario(
          name + ", in testing",
          PolicyMode.TESTING,
          new Outcome(handling, Optional.of(mx), Reader.ATTACKER, Optional.of(noted)));
    }

    private Scenario scenario(String title, PolicyMode mode, Outcome expected) {
      return new Scenario(
          title,
          plot,
          expected,
          internet -> {
            internet
                .mx(DOMAIN, 10, MX)
                .honest(MX)
                .record(DOMAIN, "1")
                .policy(DOMAIN, PolicyTexts.of(mode, MX));
            launch.accept(internet);
            return DOMAIN;
          });
    }
  }
}
