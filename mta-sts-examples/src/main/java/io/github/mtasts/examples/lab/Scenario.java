// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.lab;

/**
 * One delivery of a message under given conditions.
 *
 * @param name a short name
 * @param description what happens, for a reader without knowledge of MTA-STS
 * @param expected the expected result
 * @param setup prepares the network
 */
public record Scenario(String name, String description, ScenarioResult expected, Setup setup) {

  /** Prepares the network and returns the recipient domain. */
  @FunctionalInterface
  public interface Setup {
    /**
     * Prepares everything up to the tested message.
     *
     * @param network a new network
     * @return the recipient domain
     * @throws Exception if the setup fails
     */
    String prepare(LabNetwork network) throws Exception;
  }
}
