// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.overrides;

import io.github.mtasts.decision.PolicyOverride;
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
 * The content of an overrides file at the time it was read.
 *
 * <p>Immutable, hence thread-safe; reading the file again creates another one.
 */
public final class OverridesFile {
  private static final int MOST_PATH_CHARACTERS_SHOWN = 200;

  /** A file modified more recently may still be incomplete. */
  private static final Duration SETTLE_TIME = Duration.ofSeconds(2);

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
    return "overrides file " + Excerpt.of(path.toString(), MOST_PATH_CHARACTERS_SHOWN);
  }

  /** The name for messages. */
  String shown() {
    return shown(path);
  }

  /** Reads a bounded number of octets, and only from a file: a pipe could block. */
  private static byte[] octets(Path path) throws UnreadableOverridesException {
    try {
      if (!Files.isRegularFile(path)) {
        throw new UnreadableOverridesException(
            "expected a file, found " + (Files.exists(path) ? "something else" : "none"));
      }
      try (InputStream in = Files.newInputStream(path)) {
        byte[] octets = in.readNBytes(PolicyOverride.MOST_FILE_OCTETS + 1);
        if (octets.length > PolicyOverride.MOST_FILE_OCTETS) {
          throw new UnreadableOverridesException(
              "expected at most " + PolicyOverride.MOST_FILE_OCTETS + " octets, found more");
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
   * Reads the file again.
   *
   * @return this one if nothing has changed, or if the file was modified just now
   * @throws UnreadableOverridesException if the file cannot be used
   */
  OverridesFile reread(Instant now) throws UnreadableOverridesException {
    if (isBeingWritten(now)) {
      return this;
    }
    OverridesFile read = read(path);
    return Arrays.equals(octets, read.octets) ? this : read;
  }

  private boolean isBeingWritten(Instant now) {
    try {
      Instant modified = Files.getLastModifiedTime(path).toInstant();
      return Duration.between(modified, now).abs().compareTo(SETTLE_TIME) < 0;
    } catch (IOException e) {
      return false; // reading it reports what is wrong
    }
  }
}
