// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Optional;

/** Properties of the policy grammar that hold for any octets. */
class PolicyFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void parsesAnyOctets(byte[] body) {
    Optional<Policy> strict = read(body, Reading.STRICT);
    Optional<Policy> tolerant = read(body, Reading.TOLERANT);
    strict.ifPresent(policy -> assertThat(tolerant).hasValue(policy));
    tolerant.ifPresent(PolicyFuzzTest::isConsistent);
  }

  private static Optional<Policy> read(byte[] body, Reading reading) {
    try {
      return Optional.of(Policy.parse(body, reading));
    } catch (PolicySyntaxException e) {
      assertThat(e.getMessage()).hasSizeLessThan(400).matches("\\P{Cntrl}+");
      assertThat(e.text()).hasSizeLessThanOrEqualTo(80);
      return Optional.empty();
    }
  }

  private static void isConsistent(Policy policy) {
    assertThat(read(policy.text().getBytes(UTF_8), Reading.TOLERANT)).hasValue(policy);
    assertThat(policy.warnings()).hasSizeLessThanOrEqualTo(21);
    Policy corrected = read(canonical(policy).getBytes(UTF_8), Reading.STRICT).orElseThrow();
    assertThat(corrected)
        .usingRecursiveComparison()
        .ignoringFields("text", "warnings")
        .isEqualTo(policy);
  }

  /** Writes the policy in the strict grammar. */
  private static String canonical(Policy policy) {
    StringBuilder text = new StringBuilder("version: STSv1\n");
    text.append("mode: ").append(policy.mode().label()).append('\n');
    text.append("max_age: ").append(policy.maxAge().toSeconds()).append('\n');
    policy.mx().forEach(mx -> text.append("mx: ").append(mx).append('\n'));
    policy.extensions().forEach((name, value) -> text.append(name + ": " + value + "\n"));
    return text.toString();
  }
}
