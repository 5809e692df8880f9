// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.overrides;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mtasts.FakeInternet;
import io.github.mtasts.PolicyResolver;
import io.github.mtasts.PolicyResolverBuilder;
import io.github.mtasts.RecordingListener;
import io.github.mtasts.decision.Requirement;
import io.github.mtasts.decision.ResolverListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that changes under a resolver that runs. */
final class OverridesReloaderTest {
  private static final String SKIP = line("skip");
  private static final String TESTING = line("testing");
  private static final String NONE = "# none\n";

  @TempDir Path directory;
  private Path file = Path.of("");
  private final FakeInternet net = new FakeInternet();
  private final RecordingListener diary = new RecordingListener();

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
    return net.overridden(net.builder().listener(diary).overridesFile(file));
  }

  /** Written long ago, as far as the resolver's clock can tell. */
  private void write(String text) throws IOException {
    write(text, net.instant().minusSeconds(60));
  }

  private void write(String text, Instant when) throws IOException {
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, FileTime.from(when));
  }

  private static Requirement asked(PolicyResolver resolver) {
    return resolver.resolve("example.com").decide("evil.example").requirement();
  }

  private void passALook() {
    net.pass(PolicyResolverBuilder.OVERRIDES_FILE_LOOK_SECONDS);
  }

  @Test
  void isInForceFromTheStart() throws IOException {
    write(SKIP);

    assertThat(asked(resolver())).isEqualTo(Requirement.OPPORTUNISTIC);
  }

  @Test
  void takesAChangeAfterAFewSecondsAndNotBefore() throws IOException {
    write(NONE);
    PolicyResolver resolver = resolver();
    assertThat(asked(resolver)).isEqualTo(Requirement.REFUSED);
    write(SKIP);
    net.pass(PolicyResolverBuilder.OVERRIDES_FILE_LOOK_SECONDS - 1);
    assertThat(asked(resolver)).isEqualTo(Requirement.REFUSED);
    net.pass(1);
    assertThat(asked(resolver)).isEqualTo(Requirement.OPPORTUNISTIC);
    write(NONE);
    passALook();
    assertThat(asked(resolver)).isEqualTo(Requirement.REFUSED);
    assertThat(diary.read()).noneMatch(line -> line.startsWith("overrides "));
  }

  @Test
  void noticesAChangeOfTheSameLengthAndTime() throws IOException {
    Instant then = net.instant().minusSeconds(60);
    write(line("enforce"), then);
    PolicyResolver resolver = resolver();
    assertThat(asked(resolver)).isEqualTo(Requirement.REFUSED);
    write(TESTING, then);
    passALook();

    assertThat(asked(resolver)).isEqualTo(Requirement.TESTING);
  }

  @Test
  void leavesAFileAloneThatIsBeingWritten() throws IOException {
    write(NONE);
    PolicyResolver resolver = resolver();
    passALook();
    write(SKIP, net.instant().minusMillis(1_999));
    assertThat(asked(resolver)).isEqualTo(Requirement.REFUSED);
    passALook();

    assertThat(asked(resolver)).isEqualTo(Requirement.OPPORTUNISTIC);
  }

  @Test
  void aBrokenFileIsToldOnceAndTheLastGoodOneStays() throws IOException {
    write(SKIP);
    PolicyResolver resolver = resolver();
    write(line("testing") + "example.net bogus until=never author=a reason=b\n");
    for (int i = 0; i < 3; i++) {
      passALook();
      assertThat(asked(resolver)).isEqualTo(Requirement.OPPORTUNISTIC);
    }
    assertThat(diary.read())
        .singleElement()
        .satisfies(
            told ->
                assertThat(told)
                    .startsWith("overrides overrides file ")
                    .contains("overrides.txt: line 2: expected skip, testing"));
  }

  @Test
  void aFileThatVanishesOrIsEmptiedChangesNothing() throws IOException {
    write(SKIP);
    PolicyResolver resolver = resolver();
    Files.delete(file);
    passALook();
    assertThat(asked(resolver)).isEqualTo(Requirement.OPPORTUNISTIC);
    write("");
    passALook();
    assertThat(asked(resolver)).isEqualTo(Requirement.OPPORTUNISTIC);

    assertThat(diary.read())
        .hasSize(2)
        .first()
        .asString()
        .contains("overrides.txt: expected a file, found none");
  }

  @Test
  void recoversAndTellsTheSameTroubleAnewIfItComesBack() throws IOException {
    write(SKIP);
    PolicyResolver resolver = resolver();
    Files.delete(file);
    passALook();
    asked(resolver);
    write(TESTING);
    passALook();
    assertThat(asked(resolver)).isEqualTo(Requirement.TESTING);
    Files.delete(file);
    passALook();
    asked(resolver);

    assertThat(diary.read().stream().filter(line -> line.startsWith("overrides "))).hasSize(2);
  }

  @Test
  void followsALinkThatIsTurnedToAnotherFile() throws IOException {
    Path one = Files.writeString(directory.resolve("one"), NONE);
    Path two = Files.writeString(directory.resolve("two"), SKIP);
    Files.createSymbolicLink(file, one);
    PolicyResolver resolver = resolver();
    assertThat(asked(resolver)).isEqualTo(Requirement.REFUSED);
    Files.delete(file);
    Files.createSymbolicLink(file, two);
    Files.setLastModifiedTime(two, FileTime.from(net.instant().minusSeconds(60)));
    passALook();

    assertThat(asked(resolver)).isEqualTo(Requirement.OPPORTUNISTIC);
  }

  @Test
  void linesThatHaveEndedAreToldOnceForEachReading() throws IOException {
    String good = "example.net skip until=never author=alice reason=x\n";
    String ended =
        """
        example.org skip until=2026-11-25T00:00:00Z author=alice reason=x
        example.com skip until=2016-12-01T00:00:00Z author=alice reason=x
        """;
    write(good + ended);
    PolicyResolver resolver = resolver();
    assertThat(diary.read()).containsExactly("ended [example.com, example.org]");
    for (int i = 0; i < 3; i++) {
      passALook();
      assertThat(asked(resolver)).isEqualTo(Requirement.REFUSED);
    }
    assertThat(diary.read()).noneMatch(line -> line.startsWith("ended"));

    write(ended);
    passALook();
    asked(resolver);
    assertThat(diary.read()).containsExactly("ended [example.com, example.org]");

    write(good);
    passALook();
    asked(resolver);
    assertThat(diary.read()).isEmpty();
  }

  @Test
  void aListenerThatThrowsStopsNoMail() throws IOException {
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
    passALook();

    assertThat(asked(resolver)).isEqualTo(Requirement.OPPORTUNISTIC);
  }
}
