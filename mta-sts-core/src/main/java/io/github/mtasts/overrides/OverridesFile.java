// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.overrides;

import io.github.mtasts.PolicyResolverBuilder;
import io.github.mtasts.policy.Excerpt;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/**
 * An overrides file as it was when it was read, with what it says.
 *
 * <p>Immutable, hence thread-safe; reading it anew makes another one.
 */
public final class OverridesFile {
  private static final int PATH_SHOWN = 200;

  /** Whoever writes is through by then. */
  private static final Duration SETTLING = Duration.ofSeconds(2);

  private final Path path;
  private final byte[] octets;
  private final OverrideTable table;

  private OverridesFile(Path path, byte[] octets, OverrideTable table) {
    this.path = path;
    this.octets = octets;
    this.table = table;
  }

  public static OverridesFile read(Path path) throws UnreadableOverridesException {
    try {
      byte[] octets = octets(path);
      return new OverridesFile(path, octets, OverridesParser.parse(octets));
    } catch (UnreadableOverridesException e) {
      throw new UnreadableOverridesException(shown(path) + ": " + e.detail());
    }
  }

  private static String shown(Path path) {
    return "overrides file " + Excerpt.of(path.toString(), PATH_SHOWN);
  }

  /** What to call it in messages. */
  String shown() {
    return shown(path);
  }

  /** Bounded, and never from a pipe, which would have us wait for whoever writes into it. */
  private static byte[] octets(Path path) throws UnreadableOverridesException {
    try {
      if (!Files.isRegularFile(path)) {
        throw new UnreadableOverridesException(
            "expected a file, found " + (Files.exists(path) ? "something else" : "none"));
      }
      try (InputStream in = Files.newInputStream(path)) {
        byte[] octets = in.readNBytes(PolicyResolverBuilder.MOST_OVERRIDES_FILE_OCTETS + 1);
        if (octets.length > PolicyResolverBuilder.MOST_OVERRIDES_FILE_OCTETS) {
          throw new UnreadableOverridesException(
              "expected at most "
                  + PolicyResolverBuilder.MOST_OVERRIDES_FILE_OCTETS
                  + " octets, found more");
        }
        return octets;
      }
    } catch (NoSuchFileException e) {
      throw new UnreadableOverridesException("expected a file, found none");
    } catch (IOException e) {
      throw new UnreadableOverridesException(
          "expected to read it, found " + e.getClass().getSimpleName());
    }
  }

  OverrideTable table() {
    return table;
  }

  /**
   * Reads it anew.
   *
   * @return this one if nothing has changed, or if it was written so lately that more may follow
   * @throws UnreadableOverridesException if it cannot be used as it is
   */
  OverridesFile again(Instant now) throws UnreadableOverridesException {
    if (isBeingWritten(now)) {
      return this;
    }
    OverridesFile read = read(path);
    return Arrays.equals(octets, read.octets) ? this : read;
  }

  private boolean isBeingWritten(Instant now) {
    try {
      Instant written = Files.getLastModifiedTime(path).toInstant();
      return Duration.between(written, now).abs().compareTo(SETTLING) < 0;
    } catch (IOException e) {
      return false; // reading it will say what is wrong
    }
  }
}
