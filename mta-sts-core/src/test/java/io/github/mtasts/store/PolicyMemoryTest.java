package io.github.mtasts.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.store.PolicyMemory.Tier;
import org.junit.jupiter.api.Test;

/** Budgets are kept, and kept apart. */
final class PolicyMemoryTest {
  private final PolicyMemory<String> memory = new PolicyMemory<>(10, 20, 30);

  @Test
  void aFloodOfNegativeAnswersPushesOutNoPolicy() {
    for (int i = 0; i < 10; i++) {
      memory.put("enforce" + i, Tier.ENFORCE, "e");
      memory.put("testing" + i, Tier.OTHER_POLICY, "t");
    }
    for (int i = 0; i < 100_000; i++) {
      memory.put("random" + i, Tier.NEGATIVE, "n");
    }

    for (int i = 0; i < 10; i++) {
      assertThat(memory.get("enforce" + i)).isEqualTo("e");
      assertThat(memory.get("testing" + i)).isEqualTo("t");
    }
    assertThat(memory.size(Tier.NEGATIVE)).isLessThanOrEqualTo(30);
  }

  @Test
  void aFloodOfPoliciesThatBindNobodyPushesOutNoEnforce() {
    for (int i = 0; i < 10; i++) {
      memory.put("enforce" + i, Tier.ENFORCE, "e");
    }
    for (int i = 0; i < 10_000; i++) {
      memory.put("testing" + i, Tier.OTHER_POLICY, "t");
    }

    assertThat(memory.size(Tier.OTHER_POLICY)).isLessThanOrEqualTo(20);
    for (int i = 0; i < 10; i++) {
      assertThat(memory.get("enforce" + i)).isEqualTo("e");
    }
  }

  @Test
  void enforceIsBoundedToo() {
    for (int i = 0; i < 1_000; i++) {
      memory.put("enforce" + i, Tier.ENFORCE, "e");
    }

    assertThat(memory.size(Tier.ENFORCE)).isLessThanOrEqualTo(10);
  }

  @Test
  void aDomainIsInOneTierOnly() {
    memory.put("example.com", Tier.ENFORCE, "e");
    memory.put("example.com", Tier.NEGATIVE, "n");
    assertThat(memory.get("example.com")).isEqualTo("n");
    memory.put("example.com", Tier.OTHER_POLICY, "t");
    assertThat(memory.get("example.com")).isEqualTo("t");

    assertThat(memory.size(Tier.ENFORCE)).isZero();
    assertThat(memory.size(Tier.NEGATIVE)).isZero();
    assertThat(memory.size(Tier.OTHER_POLICY)).isEqualTo(1);
  }

  @Test
  void whatWasNeverPutIsNotThere() {
    assertThat(memory.get("example.com")).isNull();
  }
}
