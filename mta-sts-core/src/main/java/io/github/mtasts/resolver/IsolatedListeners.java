// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.resolver;

import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.Problem;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.Suspicion;
import io.github.mtasts.decision.TlsSession;
import io.github.mtasts.policy.RecordAnswer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Consumer;

/**
 * Passes each event to several listeners; logs and ignores what they throw. Thread-safe if they
 * are.
 */
public final class IsolatedListeners implements ResolverListener {
  /** Operators configure this name, which is documented; it is not the name of this class. */
  private static final Logger LOG = System.getLogger("io.github.mtasts.PolicyResolver");

  private final List<ResolverListener> listeners;

  public IsolatedListeners(List<ResolverListener> listeners) {
    this.listeners = List.copyOf(listeners);
  }

  @Override
  public void recordChecked(String domain, RecordAnswer answer) {
    forward(listener -> listener.recordChecked(domain, answer));
  }

  @Override
  public void policyFetched(Resolution.InForce fetched) {
    forward(listener -> listener.policyFetched(fetched));
  }

  @Override
  public void fetchFailed(String domain, Problem problem) {
    forward(listener -> listener.fetchFailed(domain, problem));
  }

  @Override
  public void policyExpired(Resolution.InForce expired) {
    forward(listener -> listener.policyExpired(expired));
  }

  @Override
  public void suspicious(Suspicion suspicion, Resolution.InForce before, String detail) {
    forward(listener -> listener.suspicious(suspicion, before, detail));
  }

  @Override
  public void overridesUnreadable(String detail) {
    forward(listener -> listener.overridesUnreadable(detail));
  }

  @Override
  public void overridesEnded(List<PolicyOverride> ended) {
    forward(listener -> listener.overridesEnded(ended));
  }

  @Override
  public void tlsSessionEnded(TlsSession session) {
    forward(listener -> listener.tlsSessionEnded(session));
  }

  @Override
  public void refreshFailing(Resolution.InForce policy, Problem problem, int failures) {
    forward(listener -> listener.refreshFailing(policy, problem, failures));
  }

  @Override
  public void storeFailed(String what, String detail) {
    forward(listener -> listener.storeFailed(what, detail));
  }

  @Override
  public void storeRecovered(String what) {
    forward(listener -> listener.storeRecovered(what));
  }

  @Override
  public void storedRowUnreadable(String domain, String detail) {
    forward(listener -> listener.storedRowUnreadable(domain, detail));
  }

  private void forward(Consumer<ResolverListener> event) {
    for (ResolverListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (Throwable failure) {
        LOG.log(Level.WARNING, "A ResolverListener threw; mail is not affected", failure);
      }
    }
  }
}
