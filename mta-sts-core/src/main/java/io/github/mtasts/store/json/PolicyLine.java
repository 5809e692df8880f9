package io.github.mtasts.store.json;

import io.github.mtasts.store.StoredPolicy;
import java.util.Objects;

/**
 * What one line holds: a policy, or something that cannot be read.
 *
 * <p>Immutable, hence thread-safe.
 */
public sealed interface PolicyLine {

  /** {@return which line it is, counted from 1} */
  long number();

  /**
   * A line that could be read.
   *
   * @param number which line it is, counted from 1
   * @param policy what it says; believe it no further than a store
   */
  record Legible(long number, StoredPolicy policy) implements PolicyLine {
    /**
     * Takes parts that are not null.
     *
     * @param number which line it is
     * @param policy what it says
     */
    public Legible {
      Objects.requireNonNull(policy, "policy");
    }
  }

  /**
   * A line that could not be read.
   *
   * @param number which line it is, counted from 1
   * @param reason what was expected and what was found, fit to be shown
   */
  record Illegible(long number, String reason) implements PolicyLine {
    /**
     * Takes parts that are not null.
     *
     * @param number which line it is
     * @param reason what was expected and what was found
     */
    public Illegible {
      Objects.requireNonNull(reason, "reason");
    }
  }
}
