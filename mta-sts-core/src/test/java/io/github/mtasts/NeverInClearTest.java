// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.Resolution.InForce;
import io.github.mtasts.decision.Resolution.NoPolicy;
import io.github.mtasts.decision.Resolution.Undetermined;
import io.github.mtasts.testing.InMemoryPolicyStore.Fault;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Random operations under random faults: mail for a domain with a known enforce policy never goes
 * in clear, except after the operator's purge or skip.
 *
 * <p>{@code -Dmtasts.random.answers=N} sets the number of answers, {@code -Dmtasts.random.seed=N}
 * repeats one round. Everything runs on the test's thread, in an order that the seed decides.
 */
final class NeverInClearTest {
  private static final int ANSWERS = Integer.getInteger("mtasts.random.answers", 500_000);
  private static final int STEPS_IN_A_ROUND = 400;

  private enum Kind {
    IN_FORCE,
    UNDETERMINED,
    NO_POLICY
  }

  private final Logger logger = Logger.getLogger("io.github.mtasts.PolicyResolver");
  private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
  private final List<String> violations = new ArrayList<>();

  /** Thousands of listeners throw, and the executor is often full. */
  @BeforeEach
  void logNothing() {
    logger.setLevel(Level.OFF);
  }

  @AfterEach
  void logAgain() {
    logger.setLevel(null);
  }

  @Test
  void mailForADomainWithAKnownPolicyNeverGoesInClear() {
    Long only = Long.getLong("mtasts.random.seed");
    long first = only != null ? only : System.nanoTime();
    long seed = first;
    int answers = 0;
    while (answers < ANSWERS && violations.isEmpty()) {
      answers += round(seed);
      if (only != null) {
        break;
      }
      seed++;
    }
    System.out.printf(
        "random operations: seeds %d to %d, %d answers, %s%n", first, seed - 1, answers, counts);
    assertThat(violations).isEmpty();
    if (only == null) {
      // Otherwise the rounds would prove nothing.
      assertThat(counts.get(Kind.IN_FORCE)).isGreaterThan(answers / 10);
      assertThat(counts.get(Kind.UNDETERMINED)).isGreaterThan(answers / 200);
      assertThat(counts.get(Kind.NO_POLICY)).as("after a purge or skip").isPositive();
    }
  }

  /** Returns how many answers there were. */
  private int round(long seed) {
    Random random = new Random(seed);
    RandomWorld world = new RandomWorld(random);
    int answers = 0;
    for (int step = 0; step < STEPS_IN_A_ROUND; step++) {
      operate(world, random);
      world.runSome();
      answers += check(world, seed);
    }
    world.end();
    assertThat(world.unanswered()).as("calls without an answer, seed %d", seed).isEmpty();
    return answers + check(world, seed);
  }

  private static void operate(RandomWorld world, Random random) {
    String domain = world.anyDomain();
    switch (random.nextInt(26)) {
      case 0, 1, 2, 3, 4, 5, 6 -> world.resolve(domain);
      case 7, 8, 9 -> world.recheck(domain);
      case 10 -> world.maintain();
      case 11 -> world.purge(domain);
      case 12 -> world.importRow(domain);
      case 13 -> world.toggleSkip(domain);
      case 14 -> world.reopen();
      case 15 -> world.resolveAndCancel(domain);
      case 16 -> world.resolveInterrupted(domain);
      case 17 -> world.fault(anyFault(random));
      case 18 -> world.fault(Fault.NONE);
      case 19 -> world.breakDns(domain);
      case 20 -> world.breakPolicyHost(domain);
      case 21 -> world.mend(domain);
      case 22 -> world.moveClock();
      case 23 -> world.pass();
      case 24 -> world.changeExecutor();
      default -> world.changeListener();
    }
  }

  private static Fault anyFault(Random random) {
    List<Fault> faults = List.of(Fault.DOWN, Fault.READ_ONLY, Fault.LYING, Fault.BROKEN);
    return faults.get(random.nextInt(faults.size()));
  }

  private int check(RandomWorld world, long seed) {
    List<RandomWorld.Answer> answers = world.takeAnswers();
    for (RandomWorld.Answer answer : answers) {
      counts.merge(kind(answer.resolution()), 1, Integer::sum);
      if (answer.mustBeProtected()
          && !answer.resolution().decide(RandomWorld.IMPOSTOR).isRefused()) {
        violations.add("seed " + seed + ", " + answer.how() + ": " + answer.resolution().explain());
      }
    }
    return answers.size();
  }

  private static Kind kind(Resolution resolution) {
    if (resolution instanceof InForce) {
      return Kind.IN_FORCE;
    }
    if (resolution instanceof Undetermined) {
      return Kind.UNDETERMINED;
    }
    assertThat(resolution).isInstanceOf(NoPolicy.class);
    return Kind.NO_POLICY;
  }
}
