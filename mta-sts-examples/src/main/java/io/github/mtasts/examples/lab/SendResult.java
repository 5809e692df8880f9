// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.lab;

import java.util.List;

/**
 * The result of sending one message.
 *
 * @param result the result
 * @param log what the sender logged
 */
record SendResult(ScenarioResult result, List<String> log) {
  SendResult {
    log = List.copyOf(log);
  }
}
