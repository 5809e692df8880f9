// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.json;

import io.github.mtasts.store.StoredPolicy;
import java.util.Objects;

/**
 * The content of one line: a policy, or a reason why it cannot be read.
 *
 * <p>Immutable, hence thread-safe.
 */
public sealed interface PolicyLine {

  /** {@return the line number, counted from 1} */
  long number();

  /**
   * A line with a policy.
   *
   * @param number the line number, counted from 1
   * @param policy the policy; it is no more trustworthy than a row of a store
   */
  record Valid(long number, StoredPolicy policy) implements PolicyLine {
    /**
     * Checks that the policy is not null.
     *
     * @param number the line number
     * @param policy the policy
     */
    public Valid {
      Objects.requireNonNull(policy, "policy");
    }
  }

  /**
   * A line that cannot be read.
   *
   * @param number the line number, counted from 1
   * @param reason what was expected and what was found, printable
   */
  record Invalid(long number, String reason) implements PolicyLine {
    /**
     * Checks that the reason is not null.
     *
     * @param number the line number
     * @param reason what was expected and what was found
     */
    public Invalid {
      Objects.requireNonNull(reason, "reason");
    }
  }
}
