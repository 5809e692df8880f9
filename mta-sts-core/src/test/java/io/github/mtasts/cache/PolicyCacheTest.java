// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Each tier has its own budget and keeps to it. */
final class PolicyCacheTest {
  private final PolicyCache<String> cache = new PolicyCache<>(10, 20, 30);

  @Test
  void aFloodOfNegativeAnswersEvictsNoPolicy() {
    for (int i = 0; i < 10; i++) {
      cache.put("enforce" + i, CacheTier.ENFORCE, "e");
      cache.put("testing" + i, CacheTier.OTHER_POLICY, "t");
    }
    for (int i = 0; i < 100_000; i++) {
      cache.put("random" + i, CacheTier.NEGATIVE, "n");
    }

    for (int i = 0; i < 10; i++) {
      assertThat(cache.get("enforce" + i)).isEqualTo("e");
      assertThat(cache.get("testing" + i)).isEqualTo("t");
    }
    assertThat(cache.size(CacheTier.NEGATIVE)).isLessThanOrEqualTo(30);
  }

  @Test
  void aFloodOfTestingPoliciesEvictsNoEnforcedPolicy() {
    for (int i = 0; i < 10; i++) {
      cache.put("enforce" + i, CacheTier.ENFORCE, "e");
    }
    for (int i = 0; i < 10_000; i++) {
      cache.put("testing" + i, CacheTier.OTHER_POLICY, "t");
    }

    assertThat(cache.size(CacheTier.OTHER_POLICY)).isLessThanOrEqualTo(20);
    for (int i = 0; i < 10; i++) {
      assertThat(cache.get("enforce" + i)).isEqualTo("e");
    }
  }

  @Test
  void enforcedPoliciesAreBoundedToo() {
    for (int i = 0; i < 1_000; i++) {
      cache.put("enforce" + i, CacheTier.ENFORCE, "e");
    }

    assertThat(cache.size(CacheTier.ENFORCE)).isLessThanOrEqualTo(10);
  }

  @Test
  void aFloodOfLargePoliciesEvictsNoOther() {
    cache.put("enforce", CacheTier.ENFORCE, "e");
    cache.put("once", CacheTier.ENFORCE_USED_ONCE, "o");
    for (int i = 0; i < 100; i++) {
      cache.put("large" + i, CacheTier.LARGE_POLICY, "l");
    }

    assertThat(cache.get("enforce")).isEqualTo("e");
    assertThat(cache.get("once")).isEqualTo("o");
    assertThat(cache.size(CacheTier.LARGE_POLICY)).isEqualTo(1);
  }

  @Test
  void aFloodOfPoliciesUsedOnceEvictsNoneThatWasUsedTwice() {
    for (int i = 0; i < 10; i++) {
      cache.put("enforce" + i, CacheTier.ENFORCE, "e");
    }
    for (int i = 0; i < 100_000; i++) {
      cache.put("once" + i, CacheTier.ENFORCE_USED_ONCE, "o");
    }

    for (int i = 0; i < 10; i++) {
      assertThat(cache.get("enforce" + i)).isEqualTo("e");
    }
  }

  @Test
  void aDomainIsInOneTierOnly() {
    cache.put("example.com", CacheTier.ENFORCE, "e");
    cache.put("example.com", CacheTier.NEGATIVE, "n");
    assertThat(cache.get("example.com")).isEqualTo("n");
    cache.put("example.com", CacheTier.OTHER_POLICY, "t");
    assertThat(cache.get("example.com")).isEqualTo("t");

    assertThat(cache.size(CacheTier.ENFORCE)).isZero();
    assertThat(cache.size(CacheTier.NEGATIVE)).isZero();
    assertThat(cache.size(CacheTier.OTHER_POLICY)).isEqualTo(1);
  }

  @Test
  void anUnknownDomainHasNoEntry() {
    assertThat(cache.get("example.com")).isNull();
  }
}
