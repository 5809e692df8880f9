// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.cli;

import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.policy.RecordAnswer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Records the resolver's DNS answers, so that they need no second lookup. */
final class RecordAnswers implements ResolverListener {
  private final Map<String, RecordAnswer> answers = new ConcurrentHashMap<>();

  @Override
  public void recordChecked(String domain, RecordAnswer answer) {
    answers.put(domain, answer);
  }

  Optional<RecordAnswer> of(String domain) {
    return Optional.ofNullable(answers.get(domain));
  }
}
