package io.github.mtasts.examples.lab;

import java.util.List;

/**
 * Scenarios that belong together.
 *
 * @param title a heading
 * @param introduction what the reader has to know first
 * @param scenarios in the order in which they are told
 */
public record Chapter(String title, String introduction, List<Scenario> scenarios) {
  /** Copies the scenarios. */
  public Chapter {
    scenarios = List.copyOf(scenarios);
  }
}
