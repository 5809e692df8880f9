package io.github.mtasts.examples.lab;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.PolicyMode;
import java.time.Duration;
import java.util.List;

/** What a sender remembers, nobody takes away; until it has expired. */
final class Memory {
  private static final String DOMAIN = "bank.example";
  private static final String MX = "mx1.bank.example";
  private static final String STRIPPED = ResultType.STARTTLS_NOT_SUPPORTED.label();

  private Memory() {}

  static Chapter chapter() {
    return new Chapter(
        "What is remembered",
        "The sender has mailed bank.example before and remembers its policy. An hour later the"
            + " attacker tries to make it forget, and strips STARTTLS again. Expected: whatever he"
            + " does to DNS and HTTPS, the policy stays in force until its time is up.",
        List.of(
            remembered(
                "policy host blocked",
                "The attacker lets nothing through to the policy host.",
                internet -> internet.policyHostBlocked(DOMAIN)),
            remembered(
                "TXT record removed",
                "The attacker makes DNS say that there is no MTA-STS record.",
                internet -> internet.withoutRecord(DOMAIN)),
            remembered(
                "TXT id forged and HTTPS blocked",
                "The attacker forges a new id, so that the sender wants to fetch a new policy, and"
                    + " blocks the fetch.",
                internet -> internet.record(DOMAIN, "666").policyHostBlocked(DOMAIN)),
            blockedButHonest(),
            expired()));
  }

  private static Scenario remembered(String name, String plot, Sabotage sabotage) {
    return new Scenario(
        name,
        plot,
        Outcome.deferred(STRIPPED),
        internet -> {
          known(internet);
          sabotage.on(internet.pass(Duration.ofHours(1)));
          internet.interceptWithoutTls(MX);
          return DOMAIN;
        });
  }

  private static Scenario blockedButHonest() {
    return new Scenario(
        "no policy host, but the right mail host",
        "The policy host is down, and nobody attacks: the mail host proves who it is, and mail"
            + " flows under the policy that is remembered.",
        Outcome.verified(MX),
        internet -> {
          known(internet);
          internet.pass(Duration.ofHours(1)).policyHostBlocked(DOMAIN);
          return DOMAIN;
        });
  }

  private static Scenario expired() {
    return new Scenario(
        "policy expired",
        "The owner has taken record and policy down without another word and let its mail host's"
            + " TLS go. A month later the policy's time is up and it binds nobody any more.",
        Outcome.inClear(MX),
        internet -> {
          known(internet);
          internet
              .pass(Duration.ofDays(30))
              .withoutRecord(DOMAIN)
              .policyHostBlocked(DOMAIN)
              .withoutTls(MX);
          return DOMAIN;
        });
  }

  private static void known(Internet internet) throws Exception {
    internet
        .mx(DOMAIN, 10, MX)
        .honest(MX)
        .record(DOMAIN, "1")
        .policy(DOMAIN, PolicyTexts.of(PolicyMode.ENFORCE, MX))
        .sendBefore(DOMAIN);
  }

  /** What the attacker does to DNS and HTTPS. */
  @FunctionalInterface
  private interface Sabotage {
    void on(Internet internet);
  }
}
