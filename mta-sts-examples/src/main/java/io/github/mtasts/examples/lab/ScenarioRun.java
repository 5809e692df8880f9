// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.lab;

import java.util.List;

/**
 * A scenario and its result.
 *
 * @param scenario the scenario
 * @param seen the actual result, in words
 * @param log what the sender logged
 * @param ok whether the actual result is the expected one
 */
public record ScenarioRun(Scenario scenario, String seen, List<String> log, boolean ok) {
  static ScenarioRun of(Scenario scenario, SendResult sent) {
    boolean ok = scenario.expected().equals(sent.result());
    return new ScenarioRun(scenario, sent.result().text(), sent.log(), ok);
  }

  static ScenarioRun error(Scenario scenario, Exception e) {
    return new ScenarioRun(scenario, "the lab failed: " + e, List.of(), false);
  }
}
