// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.x509;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.testing.TestCa;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DnsIdsTest {
  private final TestCa ca = TestCa.create();

  @Test
  void readsDnsNamesOnly() {
    assertThat(
            DnsIds.of(
                ca.leaf()
                    .commonName("cn.example")
                    .dnsNames("b.example", "a.example")
                    .uri("https://uri.example/")
                    .ipAddress("192.0.2.1")
                    .issue()
                    .certificate()))
        .isEqualTo(new DnsIds(List.of("b.example", "a.example")));
  }

  @Test
  void findsNoneInACertificateWithoutSubjectAltName() {
    assertThat(DnsIds.of(ca.leaf().commonName("cn.example").issue().certificate()).names())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'', none",
    "a, a",
    "'a b c d e f', 'a, b, c, d, e, f'",
    "'a b c d e f g', 'a, b, c, d, e, f and 1 more'",
  })
  void showsAtMostSixNames(String names, String shown) {
    List<String> list = names.isEmpty() ? List.of() : List.of(names.split(" ", -1));

    assertThat(new DnsIds(list).shown()).isEqualTo(shown);
  }

  @Test
  void shortensAndEscapesNames() {
    assertThat(new DnsIds(List.of("\u001b[31m" + "x".repeat(500))).shown())
        .startsWith("\\u001b[31mxxx")
        .hasSizeLessThan(120);
  }
}
