package io.github.mtasts.examples.recipes;

import io.github.mtasts.PolicyResolver;
import io.github.mtasts.decision.Resolution;
import io.github.mtasts.decision.ResolverListener;
import io.github.mtasts.decision.Suspicion;
import java.lang.System.Logger.Level;

/** Listening to what an attacker would like to happen. */
public final class Alarms {
  private static final System.Logger LOG = System.getLogger("mail.security");

  private Alarms() {}

  /** Builds a resolver that tells. */
  public static PolicyResolver resolver() {
    // region listener
    ResolverListener alarm =
        new ResolverListener() {
          @Override
          public void suspicious(Suspicion what, Resolution.InForce before, String detail) {
            LOG.log(Level.WARNING, "{0}: {1}: {2}", before.domain(), what, detail);
          }
        };
    return PolicyResolver.builder().listener(alarm).build();
    // endregion
  }
}
