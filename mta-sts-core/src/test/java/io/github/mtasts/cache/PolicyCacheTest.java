// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Budgets are kept, and kept apart. */
final class PolicyCacheTest {
  private final PolicyCache<String> memory = new PolicyCache<>(10, 20, 30, String::length);

  @Test
  void aFloodOfNegativeAnswersPushesOutNoPolicy() {
    for (int i = 0; i < 10; i++) {
      memory.put("enforce" + i, CacheTier.ENFORCE, "e");
      memory.put("testing" + i, CacheTier.OTHER_POLICY, "t");
    }
    for (int i = 0; i < 100_000; i++) {
      memory.put("random" + i, CacheTier.NEGATIVE, "n");
    }

    for (int i = 0; i < 10; i++) {
      assertThat(memory.get("enforce" + i)).isEqualTo("e");
      assertThat(memory.get("testing" + i)).isEqualTo("t");
    }
    assertThat(memory.size(CacheTier.NEGATIVE)).isLessThanOrEqualTo(30);
  }

  @Test
  void aFloodOfPoliciesThatBindNobodyPushesOutNoEnforce() {
    for (int i = 0; i < 10; i++) {
      memory.put("enforce" + i, CacheTier.ENFORCE, "e");
    }
    for (int i = 0; i < 10_000; i++) {
      memory.put("testing" + i, CacheTier.OTHER_POLICY, "t");
    }

    assertThat(memory.size(CacheTier.OTHER_POLICY)).isLessThanOrEqualTo(20);
    for (int i = 0; i < 10; i++) {
      assertThat(memory.get("enforce" + i)).isEqualTo("e");
    }
  }

  @Test
  void enforceIsBoundedToo() {
    for (int i = 0; i < 1_000; i++) {
      memory.put("enforce" + i, CacheTier.ENFORCE, "e");
    }

    assertThat(memory.size(CacheTier.ENFORCE)).isLessThanOrEqualTo(10);
  }

  @ParameterizedTest
  @CsvSource({"0, 10", "1, 10", "2048, 10", "2049, 5", "4096, 5", "4097, 3", "10000, 2"})
  void aHugeEntryCountsOnceForEachTwoKibibytesBegun(int octets, int most) {
    for (int i = 0; i < most; i++) {
      memory.put("enforce" + i, CacheTier.ENFORCE, "e".repeat(octets));
    }
    assertThat(memory.size(CacheTier.ENFORCE)).as("all of them fit").isEqualTo(most);

    for (int i = most; i < 100; i++) {
      memory.put("enforce" + i, CacheTier.ENFORCE, "e".repeat(octets));
    }
    assertThat(memory.size(CacheTier.ENFORCE)).as("no more than that").isEqualTo(most);
  }

  @Test
  void anEntryLargerThanTheWholeBudgetIsKeptAllTheSame() {
    String huge = "e".repeat(1_000_000);
    memory.put("example.com", CacheTier.ENFORCE, huge);

    assertThat(memory.size(CacheTier.ENFORCE)).isEqualTo(1);
    assertThat(memory.get("example.com")).isEqualTo(huge);
  }

  @Test
  void aFewHugeEntriesOfOneTierPushNothingOutOfAnother() {
    memory.put("enforce", CacheTier.ENFORCE, "e");
    for (int i = 0; i < 100; i++) {
      memory.put("testing" + i, CacheTier.OTHER_POLICY, "t".repeat(100_000));
    }

    assertThat(memory.get("enforce")).isEqualTo("e");
    assertThat(memory.size(CacheTier.OTHER_POLICY)).isEqualTo(1);
  }

  @Test
  void aDomainIsInOneTierOnly() {
    memory.put("example.com", CacheTier.ENFORCE, "e");
    memory.put("example.com", CacheTier.NEGATIVE, "n");
    assertThat(memory.get("example.com")).isEqualTo("n");
    memory.put("example.com", CacheTier.OTHER_POLICY, "t");
    assertThat(memory.get("example.com")).isEqualTo("t");

    assertThat(memory.size(CacheTier.ENFORCE)).isZero();
    assertThat(memory.size(CacheTier.NEGATIVE)).isZero();
    assertThat(memory.size(CacheTier.OTHER_POLICY)).isEqualTo(1);
  }

  @Test
  void whatWasNeverPutIsNotThere() {
    assertThat(memory.get("example.com")).isNull();
  }
}
