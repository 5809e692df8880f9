// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.lab;

import java.util.List;

/**
 * A group of related scenarios.
 *
 * @param title a heading
 * @param introduction the initial situation
 * @param scenarios in the order in which they run
 */
public record ScenarioGroup(String title, String introduction, List<Scenario> scenarios) {
  /** Copies the scenarios. */
  public ScenarioGroup {
    scenarios = List.copyOf(scenarios);
  }
}
