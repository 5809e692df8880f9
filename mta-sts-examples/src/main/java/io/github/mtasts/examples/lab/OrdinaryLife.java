package io.github.mtasts.examples.lab;

import io.github.mtasts.policy.PolicyMode;
import java.time.Duration;
import java.util.List;

/** What happens on most days. */
final class OrdinaryLife {
  private static final String DOMAIN = "nmrc.org";
  private static final String MX = "talon.nmrc.org";

  private OrdinaryLife() {}

  static Chapter chapter() {
    return new Chapter(
        "Ordinary life",
        "Most domains have no policy, and nothing changes for them. nmrc.org has one, published on"
            + " another machine than its mail host. Its owner began carefully, in testing: senders"
            + " check everything and refuse nothing.",
        List.of(withoutMtaSts(), inTesting(), aWeekLater(), movedToAnotherHost(), optedOut()));
  }

  private static Scenario withoutMtaSts() {
    return new Scenario(
        "no MTA-STS at all",
        "plain.example has never heard of MTA-STS, and its mail host cannot even do TLS. Mail goes"
            + " there as it has gone for forty years.",
        Outcome.inClear("mail.plain.example"),
        internet -> {
          internet.mx("plain.example", 10, "mail.plain.example").withoutTls("mail.plain.example");
          return "plain.example";
        });
  }

  private static Scenario inTesting() {
    return new Scenario(
        "nmrc.org, as its owner published it",
        "The record says v=STSv1; id=20240627092600; and the policy says testing, one MX host,"
            + " remember this for a week. The mail host proves who it is.",
        Outcome.verified(MX),
        internet -> {
          asPublished(internet);
          return DOMAIN;
        });
  }

  private static Scenario aWeekLater() {
    return new Scenario(
        "nmrc.org, a week later",
        "Nothing went wrong in testing, so the owner switches to enforce, under a new id. The"
            + " sender sees the id, fetches the new policy, and from now on means it.",
        Outcome.verified(MX),
        internet -> {
          asPublished(internet);
          internet.sendBefore(DOMAIN);
          internet
              .pass(Duration.ofDays(7))
              .record(DOMAIN, "20240704101500")
              .policy(DOMAIN, PolicyTexts.of(PolicyMode.ENFORCE, MX))
              .mustBeNoted("mode enforce");
          return DOMAIN;
        });
  }

  private static Scenario movedToAnotherHost() {
    return new Scenario(
        "new mail host, new policy",
        "Under enforce the owner moves to another mail host and publishes a new policy the same"
            + " minute. The policy that the sender remembers forbids the new host; before it gives"
            + " up it looks for a newer policy, finds it, and tries again.",
        Outcome.verified("heron.nmrc.org"),
        internet -> {
          enforcing(internet);
          internet.sendBefore(DOMAIN);
          internet
              .withoutMx(DOMAIN)
              .mx(DOMAIN, 10, "heron.nmrc.org")
              .honest("heron.nmrc.org")
              .record(DOMAIN, "20240801120000")
              .policy(DOMAIN, PolicyTexts.of(PolicyMode.ENFORCE, "heron.nmrc.org"));
          return DOMAIN;
        });
  }

  private static Scenario optedOut() {
    return new Scenario(
        "a policy that says none",
        "leaving.example gives MTA-STS up and says so with the mode none: as if there were no"
            + " policy. Its mail host has lost its TLS too, and mail goes there all the same.",
        Outcome.inClear("mail.leaving.example"),
        internet -> {
          internet
              .mx("leaving.example", 10, "mail.leaving.example")
              .withoutTls("mail.leaving.example")
              .record("leaving.example", "9")
              .policy("leaving.example", PolicyTexts.of(PolicyMode.NONE));
          return "leaving.example";
        });
  }

  private static void asPublished(Internet internet) {
    internet
        .mx(DOMAIN, 10, MX)
        .honest(MX)
        .txt(DOMAIN, "v=STSv1; id=20240627092600;")
        .policy(DOMAIN, PolicyTexts.of(PolicyMode.TESTING, MX));
  }

  private static void enforcing(Internet internet) {
    internet
        .mx(DOMAIN, 10, MX)
        .honest(MX)
        .record(DOMAIN, "20240704101500")
        .policy(DOMAIN, PolicyTexts.of(PolicyMode.ENFORCE, MX));
  }
}
