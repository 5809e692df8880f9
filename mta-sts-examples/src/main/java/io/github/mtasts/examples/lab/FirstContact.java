package io.github.mtasts.examples.lab;

import io.github.mtasts.decision.ResultType;
import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.testing.PolicyAnswer;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Policies that cannot be had, when nothing is remembered yet. */
final class FirstContact {
  private static final String DOMAIN = "shop.example";
  private static final String MX = "mail.shop.example";
  private static final String NOT_FETCHED = ResultType.STS_POLICY_FETCH_ERROR.label();

  private FirstContact() {}

  static Chapter chapter() {
    return new Chapter(
        "Policies that cannot be had",
        "The sender has never mailed shop.example, and what it finds there is no policy. It must"
            + " neither take anything for one, nor hold the mail back, nor let itself be led"
            + " astray: it notes the trouble and delivers as without MTA-STS.",
        List.of(
            unfetched(
                "redirect",
                "The policy host sends the sender elsewhere, where a fine policy lies. It does not"
                    + " go there.",
                internet -> internet.policyElsewhere(DOMAIN, "elsewhere.example", policy())),
            unfetched(
                "404",
                "There is nothing at the well-known place.",
                internet -> internet.policyAnswer(DOMAIN, PolicyAnswer.status(404))),
            unfetched(
                "HTML instead of text",
                "The policy host serves a friendly page.",
                internet ->
                    internet.policyAnswer(
                        DOMAIN, PolicyAnswer.policy(policy()).withContentType("text/html"))),
            unfetched(
                "more than 64 KiB",
                "The policy begins well and does not end.",
                internet ->
                    internet.policyAnswer(
                        DOMAIN, PolicyAnswer.policy(policy() + "x: y\r\n".repeat(11_000)))),
            unfetched(
                "slow drip",
                "The policy host sends one octet now and then, for ever.",
                internet -> {
                  internet.resolver().fetchDeadline(Duration.ofSeconds(1));
                  internet.policyAnswer(
                      DOMAIN, PolicyAnswer.policy(policy()).dripping(Duration.ofMillis(100)));
                }),
            unfetched(
                "policy host at 127.0.0.1",
                "DNS says that the policy host is the sender's own machine. It does not go there.",
                internet -> internet.nothingMayBeFetched().resolver().allowPolicyHostAddresses()),
            unfetched(
                "policy host at 169.254.169.254",
                "DNS says that the policy host is where clouds keep their secrets. It does not go"
                    + " there.",
                internet -> {
                  internet.nothingMayBeFetched().resolver().allowPolicyHostAddresses();
                  // Nothing answers there in most places, so that not asking has to be seen.
                  internet
                      .policyHostAt(DOMAIN, "169.254.169.254")
                      .mustBeNoted("169.254.169.254 is in 169.254.0.0/16");
                }),
            twoRecords()));
  }

  private static Scenario unfetched(String name, String plot, Consumer<Internet> flaw) {
    return new Scenario(
        name,
        plot,
        Outcome.unverified(MX).noting(NOT_FETCHED),
        internet -> {
          published(internet);
          flaw.accept(internet);
          return DOMAIN;
        });
  }

  private static Scenario twoRecords() {
    return new Scenario(
        "two TXT records",
        "The domain announces two policies at once, which is as good as none: nothing is fetched.",
        Outcome.unverified(MX),
        internet -> {
          published(internet);
          internet.txt(DOMAIN, "v=STSv1; id=2;").nothingMayBeFetched();
          return DOMAIN;
        });
  }

  private static void published(Internet internet) {
    internet.mx(DOMAIN, 10, MX).honest(MX).record(DOMAIN, "1").policy(DOMAIN, policy());
  }

  private static String policy() {
    return PolicyTexts.of(PolicyMode.ENFORCE, MX);
  }
}
