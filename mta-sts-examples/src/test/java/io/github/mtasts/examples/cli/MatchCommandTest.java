// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatchCommandTest {
  private static final String POLICY =
      """
      version: STSv1
      mode: enforce
      mx: mail.example.com
      mx: *.example.net
      max_age: 604800
      """;

  @ParameterizedTest
  @CsvSource({
    "mail.example.com,  true,  mail.example.com, 0",
    "MAIL.EXAMPLE.COM., true,  mail.example.com, 0",
    "a.example.net,     true,  *.example.net,    0",
    "a.b.example.net,   false, ,                 1",
    "example.net,       false, ,                 1",
    "no name at all,    false, ,                 1",
  })
  void showsWhetherAHostIsListed(String host, boolean listed, String pattern, int status) {
    CommandRun run = CommandRun.withInput(POLICY, "match", "--json", "--policy", "-", host);

    assertThat(run.status()).isEqualTo(status);
    assertThat(run.objects())
        .singleElement()
        .satisfies(
            object ->
                assertThat(object)
                    .containsOnlyKeys("mx", "listed", "pattern")
                    .containsEntry("mx", host)
                    .containsEntry("listed", listed)
                    .containsEntry("pattern", pattern));
  }

  @Test
  void reportsTextThatIsNotAPolicy() {
    CommandRun run = CommandRun.withInput("nonsense", "match", "--policy", "-", "a.example");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).singleElement().asString().contains("not a policy");
  }
}
