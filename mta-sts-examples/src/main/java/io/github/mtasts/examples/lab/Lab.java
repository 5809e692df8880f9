// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.lab;

import java.util.List;

/**
 * Runs every scenario in its own network and reports each to a listener.
 *
 * <p>Not for use by several threads.
 */
public final class Lab {
  /** An introduction for readers without knowledge of MTA-STS. */
  public static final String INTRODUCTION =
      """
      Mail travels from server to server. The sender looks up the MX host of the recipient domain in
      DNS, connects to it, and uses TLS if the host offers STARTTLS. An attacker on the path can
      remove the offer, or answer with any certificate. The sender cannot detect this and delivers
      the message to the attacker.

      With MTA-STS the recipient domain publishes a policy. A TXT record in DNS announces it, and the
      sender fetches it over HTTPS from a host with a trusted certificate. The policy lists the
      genuine MX hosts, requires TLS with a trusted certificate, and says how long to cache it. An
      attacker on the path cannot remove a cached policy.

      Each scenario below sends one message through a simulated network in this process.\
      """;

  /** Receives the results. */
  public interface Listener {
    /** A group starts. */
    void group(ScenarioGroup group);

    /** A scenario has ended. */
    void scenario(ScenarioRun run);
  }

  private final LabCertificateAuthorities authorities = new LabCertificateAuthorities();

  /**
   * Runs all scenarios.
   *
   * @param listener called for each group and after each scenario
   * @return how many scenarios ran, and how many failed
   */
  public Summary run(Listener listener) {
    int total = 0;
    int failed = 0;
    for (ScenarioGroup group : groups()) {
      listener.group(group);
      for (Scenario scenario : group.scenarios()) {
        ScenarioRun run = run(scenario);
        listener.scenario(run);
        total++;
        failed += run.ok() ? 0 : 1;
      }
    }
    return new Summary(total, failed);
  }

  /** Returns all scenarios by group, without running them. */
  public static List<ScenarioGroup> groups() {
    return List.of(
        NormalOperation.group(),
        Attacks.underEnforce(),
        Attacks.inTesting(),
        CachedPolicies.group(),
        UnavailablePolicies.group(),
        MultipleMxHosts.group());
  }

  ScenarioRun run(Scenario scenario) {
    try (LabNetwork network = new LabNetwork(authorities)) {
      String domain = scenario.setup().prepare(network);
      return ScenarioRun.of(scenario, network.send(domain));
    } catch (Exception e) {
      return ScenarioRun.error(scenario, e);
    }
  }

  /**
   * The number of scenarios.
   *
   * @param total how many scenarios ran
   * @param failed how many of them had an unexpected result
   */
  public record Summary(int total, int failed) {}
}
