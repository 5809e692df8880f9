// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.lab;

import io.github.mtasts.testing.TestCa;

/** The certificate authorities of the lab: one that every sender trusts, and the attacker's. */
final class LabCertificateAuthorities {
  private final TestCa trusted = TestCa.create("Trusted CA");
  private final TestCa attacker = TestCa.create("Attacker's CA");

  /** Returns the authority that every sender trusts. */
  TestCa trusted() {
    return trusted;
  }

  /** Returns the attacker's own authority, which nobody trusts. */
  TestCa attacker() {
    return attacker;
  }
}
