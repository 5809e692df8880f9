package io.github.mtasts.store.json;

import io.github.mtasts.store.StoredPolicy;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes stored policies as JSON Lines and reads them back; the form is that of the package.
 *
 * <p>Use it with {@link io.github.mtasts.PolicyCacheAdmin#exportTo} and {@link
 * io.github.mtasts.PolicyCacheAdmin#importFrom} to carry policies from one store to another.
 * Stateless, hence thread-safe.
 */
public final class PolicyLines {
  /** The longest line in octets, without its end: {@value}. The longest policy fits, escaped. */
  public static final int MOST_LINE_OCTETS = 524_288;

  private PolicyLines() {}

  /**
   * Writes one policy.
   *
   * @param policy any policy
   * @return one line in ASCII, without its end
   */
  public static String write(StoredPolicy policy) {
    return LineWriter.write(policy);
  }

  /**
   * Reads every line, to the end of what is given.
   *
   * <p>Nothing is thrown for what a line holds, and no line keeps the others from being read. No
   * more than a line is held in memory, and of one that is too long only its beginning.
   *
   * @param in where the lines are; not closed
   * @param each is given one line after the other, the blank ones left out
   * @throws IOException if {@code in} cannot be read
   */
  public static void read(InputStream in, Consumer<PolicyLine> each) throws IOException {
    OctetLines lines = new OctetLines(new BufferedInputStream(in), MOST_LINE_OCTETS);
    while (true) {
      Optional<OctetLines.Line> line = lines.next();
      if (line.isEmpty()) {
        return;
      }
      if (!line.get().isBlank()) {
        each.accept(LineReader.read(line.get()));
      }
    }
  }
}
