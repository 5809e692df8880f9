package io.github.mtasts.examples.lab;

import io.github.mtasts.testing.TestCa;

/** Who signs certificates: one that everybody trusts, and the attacker himself. */
final class Authorities {
  private final TestCa everybodys = TestCa.create("Everybody's CA");
  private final TestCa attackers = TestCa.create("Attacker's CA");

  /** The certificate authority that everybody trusts. */
  TestCa everybodys() {
    return everybodys;
  }

  /** The attacker's own, which nobody trusts. */
  TestCa attackers() {
    return attackers;
  }
}
