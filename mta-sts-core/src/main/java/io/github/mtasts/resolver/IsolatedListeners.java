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

/** Tells several listeners, and lets nothing that they throw get in. */
public final class IsolatedListeners implements ResolverListener {
  private static final Logger LOG = System.getLogger(IsolatedListeners.class.getName());

  private final List<ResolverListener> all;

  public IsolatedListeners(List<ResolverListener> all) {
    this.all = List.copyOf(all);
  }

  @Override
  public void recordChecked(String domain, RecordAnswer answer) {
    tell(listener -> listener.recordChecked(domain, answer));
  }

  @Override
  public void policyFetched(Resolution.InForce fetched) {
    tell(listener -> listener.policyFetched(fetched));
  }

  @Override
  public void fetchFailed(String domain, Problem problem) {
    tell(listener -> listener.fetchFailed(domain, problem));
  }

  @Override
  public void policyExpired(Resolution.InForce expired) {
    tell(listener -> listener.policyExpired(expired));
  }

  @Override
  public void suspicious(Suspicion suspicion, Resolution.InForce before, String detail) {
    tell(listener -> listener.suspicious(suspicion, before, detail));
  }

  @Override
  public void overridesUnreadable(String detail) {
    tell(listener -> listener.overridesUnreadable(detail));
  }

  @Override
  public void overridesEnded(List<PolicyOverride> ended) {
    tell(listener -> listener.overridesEnded(ended));
  }

  @Override
  public void tlsSessionEnded(TlsSession session) {
    tell(listener -> listener.tlsSessionEnded(session));
  }

  @Override
  public void refreshFailing(Resolution.InForce policy, Problem problem, int failures) {
    tell(listener -> listener.refreshFailing(policy, problem, failures));
  }

  @Override
  public void storeFailed(String what, String detail) {
    tell(listener -> listener.storeFailed(what, detail));
  }

  @Override
  public void storeRecovered(String what) {
    tell(listener -> listener.storeRecovered(what));
  }

  @Override
  public void storedRowUnreadable(String domain, String detail) {
    tell(listener -> listener.storedRowUnreadable(domain, detail));
  }

  private void tell(Consumer<ResolverListener> event) {
    for (ResolverListener listener : all) {
      try {
        event.accept(listener);
      } catch (Throwable trouble) {
        LOG.log(Level.WARNING, "A ResolverListener threw; mail is not affected", trouble);
      }
    }
  }
}
