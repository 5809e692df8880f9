// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.overrides;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.FakeInternet;
import io.github.mtasts.PolicyResolver;
import io.github.mtasts.RecordingListener;
import io.github.mtasts.decision.PolicyOverride;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.ResolverListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes of an overrides file while a resolver runs. */
final class OverridesReloaderTest {
  private static final String SKIP = line("skip");
  private static final String TESTING = line("testing");
  private static final String NONE = "# none\n";

  @TempDir Path directory;
  private Path file = Path.of("");
  private final FakeInternet net = new FakeInternet();
  private final RecordingListener listener = new RecordingListener();

  private static String line(String action) {
    return "example.com " + action + " until=never author=alice reason=x\n";
  }

  @BeforeEach
  void publish() {
    file = directory.resolve("overrides.txt");
    net.txt("example.com", 3_600, "v=STSv1; id=1;")
        .enforce("example.com", 604_800, "mx.example.com");
  }

  private PolicyResolver resolver() {
    return net.overridden(net.builder().listener(listener).overridesFile(file));
  }

  /** Writes the file with a modification time a minute ago, by the resolver's clock. */
  private void write(String text) throws IOException {
    write(text, net.instant().minusSeconds(60));
  }

  private void write(String text, Instant when) throws IOException {
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, FileTime.from(when));
  }

  private static Requirement requirement(PolicyResolver resolver) {
    return resolver.resolve("example.com").decide("evil.example").requirement();
  }

  private void passOneCheck() {
    net.pass(PolicyOverride.FILE_CHECK_SECONDS);
  }

  @Test
  void appliesFromTheStart() throws IOException {
    write(SKIP);

    assertThat(requirement(resolver())).isEqualTo(Requirement.OPPORTUNISTIC);
  }

  /** The command line silences this logger by its name, and operators may do the same. */
  @Test
  void logsUnderTheDocumentedName() throws IOException {
    List<String> messages = new ArrayList<>();
    Logger logger = Logger.getLogger(PolicyResolver.class.getName());
    logger.setFilter(
        entry -> {
          messages.add(entry.getMessage());
          return false;
        });
    try {
      write("example.com skip until=2016-12-01T00:00:00Z author=alice reason=x\n");
      resolver();
    } finally {
      logger.setFilter(null);
    }

    assertThat(messages).singleElement().asString().contains("these lines have no effect");
  }

  @Test
  void usesAChangedFileAfterTheCheckIntervalAndNotBefore() throws IOException {
    write(NONE);
    PolicyResolver resolver = resolver();
    assertThat(requirement(resolver)).isEqualTo(Requirement.REFUSED);
    write(SKIP);
    net.pass(PolicyOverride.FILE_CHECK_SECONDS - 1);
    assertThat(requirement(resolver)).isEqualTo(Requirement.REFUSED);
    net.pass(1);
    assertThat(requirement(resolver)).isEqualTo(Requirement.OPPORTUNISTIC);
    write(NONE);
    passOneCheck();
    assertThat(requirement(resolver)).isEqualTo(Requirement.REFUSED);
    assertThat(listener.read()).noneMatch(line -> line.startsWith("overrides "));
  }

  @Test
  void noticesAChangeWithTheSameLengthAndTime() throws IOException {
    Instant then = net.instant().minusSeconds(60);
    write(line("enforce"), then);
    PolicyResolver resolver = resolver();
    assertThat(requirement(resolver)).isEqualTo(Requirement.REFUSED);
    write(TESTING, then);
    passOneCheck();

    assertThat(requirement(resolver)).isEqualTo(Requirement.TESTING);
  }

  @Test
  void ignoresAFileModifiedInTheLastTwoSeconds() throws IOException {
    write(NONE);
    PolicyResolver resolver = resolver();
    passOneCheck();
    write(SKIP, net.instant().minusMillis(1_999));
    assertThat(requirement(resolver)).isEqualTo(Requirement.REFUSED);
    passOneCheck();

    assertThat(requirement(resolver)).isEqualTo(Requirement.OPPORTUNISTIC);
  }

  @Test
  void reportsABrokenFileOnceAndKeepsTheLastGoodOne() throws IOException {
    write(SKIP);
    PolicyResolver resolver = resolver();
    write(line("testing") + "example.net bogus until=never author=a reason=b\n");
    for (int i = 0; i < 3; i++) {
      passOneCheck();
      assertThat(requirement(resolver)).isEqualTo(Requirement.OPPORTUNISTIC);
    }
    assertThat(listener.read())
        .singleElement()
        .satisfies(
            event ->
                assertThat(event)
                    .startsWith("overrides overrides file ")
                    .contains("overrides.txt: line 2: expected skip, testing"));
  }

  @Test
  void aFileThatVanishesOrIsEmptiedChangesNothing() throws IOException {
    write(SKIP);
    PolicyResolver resolver = resolver();
    Files.delete(file);
    passOneCheck();
    assertThat(requirement(resolver)).isEqualTo(Requirement.OPPORTUNISTIC);
    write("");
    passOneCheck();
    assertThat(requirement(resolver)).isEqualTo(Requirement.OPPORTUNISTIC);

    assertThat(listener.read())
        .hasSize(2)
        .first()
        .asString()
        .contains("overrides.txt: expected a file, found none");
  }

  @Test
  void reportsTheSameErrorAgainAfterARecovery() throws IOException {
    write(SKIP);
    PolicyResolver resolver = resolver();
    Files.delete(file);
    passOneCheck();
    requirement(resolver);
    write(TESTING);
    passOneCheck();
    assertThat(requirement(resolver)).isEqualTo(Requirement.TESTING);
    Files.delete(file);
    passOneCheck();
    requirement(resolver);

    assertThat(listener.read().stream().filter(line -> line.startsWith("overrides "))).hasSize(2);
  }

  @Test
  void followsASymbolicLinkThatChangesItsTarget() throws IOException {
    Path one = Files.writeString(directory.resolve("one"), NONE);
    Path two = Files.writeString(directory.resolve("two"), SKIP);
    Files.createSymbolicLink(file, one);
    PolicyResolver resolver = resolver();
    assertThat(requirement(resolver)).isEqualTo(Requirement.REFUSED);
    Files.delete(file);
    Files.createSymbolicLink(file, two);
    Files.setLastModifiedTime(two, FileTime.from(net.instant().minusSeconds(60)));
    passOneCheck();

    assertThat(requirement(resolver)).isEqualTo(Requirement.OPPORTUNISTIC);
  }

  @Test
  void reportsLinesThatHaveEndedOncePerReading() throws IOException {
    String good = "example.net skip until=never author=alice reason=x\n";
    String ended =
        """
        example.org skip until=2026-11-25T00:00:00Z author=alice reason=x
        example.com skip until=2016-12-01T00:00:00Z author=alice reason=x
        """;
    write(good + ended);
    PolicyResolver resolver = resolver();
    assertThat(listener.read()).containsExactly("ended [example.com, example.org]");
    for (int i = 0; i < 3; i++) {
      passOneCheck();
      assertThat(requirement(resolver)).isEqualTo(Requirement.REFUSED);
    }
    assertThat(listener.read()).noneMatch(line -> line.startsWith("ended"));

    write(ended);
    passOneCheck();
    requirement(resolver);
    assertThat(listener.read()).containsExactly("ended [example.com, example.org]");

    write(good);
    passOneCheck();
    requirement(resolver);
    assertThat(listener.read()).isEmpty();
  }

  @Test
  void aListenerThatThrowsDoesNotStopMail() throws IOException {
    write(SKIP);
    ResolverListener broken =
        new ResolverListener() {
          @Override
          public void overridesUnreadable(String detail) {
            throw new IllegalStateException(detail);
          }
        };
    PolicyResolver resolver = net.overridden(net.builder().listener(broken).overridesFile(file));
    Files.delete(file);
    passOneCheck();

    assertThat(requirement(resolver)).isEqualTo(Requirement.OPPORTUNISTIC);
  }
}
