// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A class path with an incompatible library is found when a resolver is built. */
class LinkageTest {
  /** Maven copies it there before the tests; it is the version that OkHttp 4 brings. */
  private static final Path OLD_OKIO = Path.of("target", "linkage", "okio-jvm-3.6.0.jar");

  @Test
  void anOldOkioIsFoundWhenAResolverIsBuilt() throws Exception {
    assumeThat(OLD_OKIO).as("Maven copies it; without Maven, copy it by hand").exists();

    assertThat(build(OLD_OKIO + File.pathSeparator + System.getProperty("java.class.path")))
        .startsWith(
            "class path: expected com.squareup.okio:okio-jvm "
                + Linkage.version("com.squareup.okio:okio-jvm").orElseThrow()
                + ", found version 3.6.0 in okio-jvm-3.6.0.jar (NoSuchMethodError: ")
        .contains("; set the version of com.squareup.okio:okio-jvm in your build to");
  }

  @Test
  void theClassPathOfThisBuildIsAccepted() throws Exception {
    assertThat(build(System.getProperty("java.class.path"))).startsWith("built ");
  }

  @ParameterizedTest
  @CsvSource({
    "'okio.Socket okhttp3.A.b()', com.squareup.okio:okio-jvm",
    "kotlin/enums/EnumEntries, org.jetbrains.kotlin:kotlin-stdlib",
    "'void org.xbill.DNS.Message.x(okio.Buffer)', dnsjava:dnsjava",
    "com/github/benmanes/caffeine/cache/Caffeine, com.github.ben-manes.caffeine:caffeine",
    "org/slf4j/LoggerFactory, org.slf4j:slf4j-api",
    "class okhttp3.OkHttpClient$Builder, com.squareup.okhttp3:okhttp-jvm"
  })
  void theLibraryThatTheFailureNamesFirstIsNamed(String failure, String artifact) {
    assertThatIllegalStateException()
        .isThrownBy(() -> Linkage.proven(() -> fail(new NoSuchMethodError(failure))))
        .withMessageStartingWith(
            "class path: expected " + artifact + " " + Linkage.version(artifact).orElseThrow())
        .withMessageContaining(failure)
        .withCauseInstanceOf(NoSuchMethodError.class);
  }

  @Test
  void aFailureInAStaticInitializerIsNamedByItsCause() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                Linkage.proven(
                    () ->
                        fail(
                            new ExceptionInInitializerError(
                                new NoClassDefFoundError("kotlin/Unit")))))
        .withMessageContaining("org.jetbrains.kotlin:kotlin-stdlib");
  }

  @Test
  void anyOtherExceptionPasses() {
    IllegalArgumentException other = new IllegalArgumentException("port");

    assertThatCode(
            () ->
                Linkage.proven(
                    () -> {
                      throw other;
                    }))
        .isSameAs(other);
  }

  /** What users are told to install is what this build uses. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "com.squareup.okhttp3:okhttp-jvm",
        "com.squareup.okio:okio-jvm",
        "org.jetbrains.kotlin:kotlin-stdlib",
        "dnsjava:dnsjava",
        "org.slf4j:slf4j-api",
        "com.github.ben-manes.caffeine:caffeine"
      })
  void theVersionsInMessagesAreThoseOfTheBuild(String artifact) {
    String version = Linkage.version(artifact).orElseThrow();
    assumeThat(version).as("Maven fills it in").doesNotStartWith("${");

    assertThat(System.getProperty("java.class.path"))
        .contains(artifact.replaceFirst(".*:", "") + "-" + version + ".jar");
  }

  private static Object fail(LinkageError failure) {
    throw failure;
  }

  private static String build(String classPath) throws IOException, InterruptedException {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                classPath,
                LinkageProbe.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(jvm.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output.strip();
  }
}
