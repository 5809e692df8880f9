package io.github.mtasts.examples.lab;

import java.util.List;

/**
 * A scenario and how it ended.
 *
 * @param scenario the scenario
 * @param seen what became of the message, in words
 * @param journal what the sender saw, in the words of the library
 * @param ok whether it is what was expected
 */
public record Played(Scenario scenario, String seen, List<String> journal, boolean ok) {
  static Played of(Scenario scenario, Sending sending) {
    boolean ok = scenario.expected().equals(sending.outcome());
    return new Played(scenario, sending.outcome().text(), sending.journal(), ok);
  }

  static Played broken(Scenario scenario, Exception e) {
    return new Played(scenario, "the lab itself broke: " + e, List.of(), false);
  }
}
