// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LabCommandTest {

  @Test
  void writesOneObjectPerScenario() {
    CommandRun run = CommandRun.of("lab", "--json");

    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.objects())
        .hasSizeGreaterThan(30)
        .allSatisfy(
            object ->
                assertThat(object)
                    .containsOnlyKeys("scenario", "expected", "seen", "ok")
                    .containsEntry("ok", true)
                    .containsEntry("seen", object.get("expected")));
  }

  @Test
  void showsScenariosAsText() {
    CommandRun run = CommandRun.of("lab");

    assertThat(run.status()).isZero();
    assertThat(run.out().get(0)).startsWith("Mail travels");
    assertThat(run.out()).contains("✓ nmrc.org, as its owner published it");
    assertThat(run.out().get(run.out().size() - 1)).startsWith("✓ all ");
    assertThat(run.out()).allSatisfy(line -> assertThat(line).hasSizeLessThan(120));
  }
}
