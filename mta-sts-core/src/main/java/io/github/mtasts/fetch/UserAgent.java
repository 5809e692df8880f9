// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.fetch;

import io.github.mtasts.policy.Excerpt;
import java.util.Objects;
import java.util.Optional;

/** The User-Agent header of fetches. Stateless, hence thread-safe. */
public final class UserAgent {
  private static final String PRODUCT = "mta-sts-java";
  private static final int MAX_SHOWN = 80;

  private UserAgent() {}

  /**
   * Returns the default value.
   *
   * @return {@code mta-sts-java/} and the version; without a version if it is not known, as on some
   *     class paths
   */
  public static String standard() {
    return version().map(version -> PRODUCT + "/" + version).orElse(PRODUCT);
  }

  private static Optional<String> version() {
    return Optional.ofNullable(UserAgent.class.getModule().getDescriptor())
        .flatMap(module -> module.rawVersion())
        .or(() -> Optional.ofNullable(UserAgent.class.getPackage().getImplementationVersion()));
  }

  /** Returns the text if it is valid in a header field. */
  static String checked(String text) {
    Objects.requireNonNull(text, "userAgent");
    if (text.isBlank() || !text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      throw new IllegalArgumentException(
          "userAgent: expected visible ASCII, found \"" + Excerpt.of(text, MAX_SHOWN) + "\"");
    }
    return text;
  }
}
