package io.github.mtasts.examples.lab;

import io.github.mtasts.policy.PolicyMode;
import io.github.mtasts.testing.TestCertificate;
import java.util.List;

/** Several MX hosts, and wildcards. */
final class ManyHosts {
  private static final String DOMAIN = "big.example";

  private ManyHosts() {}

  static Chapter chapter() {
    return new Chapter(
        "More than one MX host",
        "big.example enforces, and has many mail hosts. Its policy need not name each of them:"
            + " *.mail.example stands for every name with one label more.",
        List.of(secondIsGood(), oneLabel(), twoLabels()));
  }

  private static Scenario secondIsGood() {
    return new Scenario(
        "second MX host good when the first fails",
        "Somebody forgot to renew a certificate: the first host's has expired. The second host is"
            + " in order.",
        Outcome.verified("mx2.big.example").noting("certificate-expired"),
        internet -> {
          TestCertificate expired =
              internet
                  .authorities()
                  .everybodys()
                  .leaf()
                  .dnsNames("mx1.big.example")
                  .expired()
                  .issue();
          internet
              .mx(DOMAIN, 10, "mx1.big.example")
              .mx(DOMAIN, 20, "mx2.big.example")
              .honest("mx1.big.example", expired)
              .honest("mx2.big.example");
          enforcing(internet, "mx1.big.example", "mx2.big.example");
          return DOMAIN;
        });
  }

  private static Scenario oneLabel() {
    return new Scenario(
        "wildcard, one label",
        "The MX host is a.mail.example.",
        Outcome.verified("a.mail.example"),
        internet -> {
          internet.mx(DOMAIN, 10, "a.mail.example").honest("a.mail.example");
          enforcing(internet, "*.mail.example");
          return DOMAIN;
        });
  }

  private static Scenario twoLabels() {
    return new Scenario(
        "wildcard, two labels",
        "The MX host is a.b.mail.example. One label is what the star stands for, not two.",
        Outcome.deferred(Outcome.NOT_LISTED),
        internet -> {
          internet.mx(DOMAIN, 10, "a.b.mail.example").honest("a.b.mail.example");
          enforcing(internet, "*.mail.example");
          return DOMAIN;
        });
  }

  private static void enforcing(Internet internet, String... mx) {
    internet.record(DOMAIN, "1").policy(DOMAIN, PolicyTexts.of(PolicyMode.ENFORCE, mx));
  }
}
