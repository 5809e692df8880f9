// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.examples.recipes;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.Suspicion;
import java.lang.System.Logger.Level;

/** Logs events that can be signs of an attack. */
public final class SuspicionLogger {
  private static final System.Logger LOG = System.getLogger("mail.security");

  private SuspicionLogger() {}

  /** Builds a resolver that logs suspicious events. */
  public static PolicyResolver resolver() {
    // region listener
    ResolverListener listener =
        new ResolverListener() {
          @Override
          public void suspicious(Suspicion what, Resolution.InForce before, String detail) {
            LOG.log(Level.WARNING, "{0}: {1}: {2}", before.domain(), what, detail);
          }
        };
    return PolicyResolver.builder().listener(listener).build();
    // endregion
  }
}
