// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.decision;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.github.mtasts.policy.DomainName;
import java.util.Optional;
import java.util.function.Function;

/** Properties of names that hold for any text. */
class DomainNamesFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void readsAnyText(@NotNull String text) {
    Optional<DomainName> name = read(DomainNames::parse, text);
    name.ifPresent(DomainNamesFuzzTest::isCanonical);
    read(DomainNames::parsePolicyDomain, text)
        .ifPresent(
            domain -> {
              assertThat(name).hasValue(domain);
              assertThat(domain.isSingleLabel()).isFalse();
              assertThat(domain.isIpv4Shaped()).isFalse();
              isCanonical(DomainName.of("_mta-sts." + domain));
            });
  }

  private static void isCanonical(DomainName name) {
    assertThat(name.value())
        .hasSizeLessThanOrEqualTo(253)
        .matches("[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63})*");
    assertThat(DomainNames.parse(name.value()).value()).isSameAs(name.value());
  }

  private static Optional<DomainName> read(Function<String, DomainName> reader, String text) {
    try {
      return Optional.of(reader.apply(text));
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).hasSizeLessThan(400).matches("\\P{Cntrl}+");
      return Optional.empty();
    }
  }
}
