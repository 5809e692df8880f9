// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import io.github.mtasts.decision.OwnTrouble;
import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.Problem;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.Suspicion;
import io.github.mtasts.policy.RecordAnswer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records the events of a listener, one short line each. Thread-safe. */
public final class RecordingListener implements ResolverListener {
  private final List<String> lines = new CopyOnWriteArrayList<>();

  public RecordingListener() {}

  /** Returns and removes the events so far, without those of {@link #recordChecked}. */
  public List<String> read() {
    List<String> read = lines.stream().filter(line -> !line.startsWith("record ")).toList();
    lines.clear();
    return read;
  }

  /** Returns all events since the last {@link #read}. */
  public List<String> all() {
    return List.copyOf(lines);
  }

  @Override
  public void recordChecked(String domain, RecordAnswer answer) {
    lines.add("record " + domain + " " + answer.status());
  }

  @Override
  public void policyFetched(Resolution.InForce fetched) {
    lines.add("fetched " + fetched.domain() + " " + fetched.published().mode().label());
  }

  @Override
  public void fetchFailed(String domain, Problem problem) {
    lines.add("failed " + domain + " " + problem.resultType().orElseThrow().label());
  }

  @Override
  public void policyExpired(Resolution.InForce expired) {
    lines.add("expired " + expired.domain());
  }

  @Override
  public void suspicious(Suspicion suspicion, Resolution.InForce before, String detail) {
    lines.add("suspicious " + before.domain() + " " + suspicion);
  }

  @Override
  public void refreshFailing(Resolution.InForce policy, Problem problem, int failures) {
    lines.add("failing " + policy.domain() + " " + failures);
  }

  @Override
  public void storeFailed(String what, String detail) {
    lines.add("store failed " + what + " " + detail);
  }

  @Override
  public void storeRecovered(String what) {
    lines.add("store recovered " + what);
  }

  @Override
  public void ownTrouble(OwnTrouble kind, String detail) {
    lines.add("own trouble " + kind + " " + detail);
  }

  @Override
  public void storedRowUnreadable(String domain, String detail) {
    lines.add("unreadable " + domain + " " + detail);
  }

  @Override
  public void overridesUnreadable(String detail) {
    lines.add("overrides " + detail);
  }

  @Override
  public void overridesEnded(List<PolicyOverride> ended) {
    lines.add("ended " + ended.stream().map(PolicyOverride::appliesTo).toList());
  }
}
