// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.store.json;

import io.github.mtasts.store.StoredPolicy;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/**
 * Writes stored policies as JSON Lines and reads them; the package documents the format.
 *
 * <p>Use it with {@link io.github.mtasts.PolicyCacheAdmin#exportTo} and {@link
 * io.github.mtasts.PolicyCacheAdmin#importFrom} to move policies from one store to another.
 * Stateless, hence thread-safe.
 */
public final class PolicyLines {
  /** The longest line in octets without its line end: {@value}. Any policy fits, escaped. */
  public static final int MOST_LINE_OCTETS = 524_288;

  private PolicyLines() {}

  /**
   * Writes one policy.
   *
   * @param policy the policy
   * @return one line in ASCII, without its line end
   */
  public static String write(StoredPolicy policy) {
    return LineWriter.write(policy);
  }

  /**
   * Reads all lines to the end of the input.
   *
   * <p>An invalid line causes no exception and does not stop the reading. Only one line at a time
   * is in memory, and only the beginning of a line that is too long.
   *
   * @param in the input; not closed
   * @param each called for each line in order, except blank lines
   * @throws IOException if {@code in} cannot be read
   */
  public static void read(InputStream in, Consumer<PolicyLine> each) throws IOException {
    OctetLines lines = new OctetLines(new BufferedInputStream(in), MOST_LINE_OCTETS);
    for (var line = lines.next(); line.isPresent(); line = lines.next()) {
      if (!line.get().isBlank()) {
        each.accept(LineReader.read(line.get()));
      }
    }
  }
}
