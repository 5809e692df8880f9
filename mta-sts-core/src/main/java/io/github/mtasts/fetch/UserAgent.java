package io.github.mtasts.fetch;

import io.github.mtasts.policy.Excerpt;
import java.util.Objects;
import java.util.Optional;

/** How fetches introduce themselves to a policy host's operator. */
final class UserAgent {
  private static final String PRODUCT = "mta-sts-java";

  private UserAgent() {}

  /** {@code mta-sts-java/} and the version, or without one where the class path hides it. */
  static String standard() {
    return version().map(version -> PRODUCT + "/" + version).orElse(PRODUCT);
  }

  private static Optional<String> version() {
    return Optional.ofNullable(UserAgent.class.getModule().getDescriptor())
        .flatMap(module -> module.rawVersion())
        .or(() -> Optional.ofNullable(UserAgent.class.getPackage().getImplementationVersion()));
  }

  /** The text, if it can stand in a header field. */
  static String checked(String text) {
    Objects.requireNonNull(text, "userAgent");
    if (text.isBlank() || !text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      throw new IllegalArgumentException(
          "userAgent: expected visible ASCII, found \"" + Excerpt.of(text, 80) + "\"");
    }
    return text;
  }
}
