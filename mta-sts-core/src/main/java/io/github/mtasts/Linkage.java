// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts;

import io.github.mtasts.policy.Excerpt;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.CodeSource;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Explains a class path whose libraries do not fit together.
 *
 * <p>Applications often pin an older version of a library that they share with this one. Without a
 * check, building a resolver would succeed and every fetch would fail. The adapters of the
 * libraries therefore run their code once, without network, when they are created; what fails then
 * is explained here.
 */
final class Linkage {
  private static final int SHOWN = 200;
  private static final int MOST_CAUSES = 10;
  private static final String VERSIONS = "libraries.properties";

  /**
   * A library that this one needs.
   *
   * @param packages how the names of its packages begin
   * @param artifact group and artifact
   * @param aClass a class of each of its versions
   */
  private record Library(String packages, String artifact, String aClass) {}

  private static final List<Library> LIBRARIES =
      List.of(
          new Library("okio", "com.squareup.okio:okio-jvm", "okio.Buffer"),
          new Library("okhttp3", "com.squareup.okhttp3:okhttp-jvm", "okhttp3.OkHttpClient"),
          new Library("kotlin", "org.jetbrains.kotlin:kotlin-stdlib", "kotlin.Unit"),
          new Library("org.xbill.DNS", "dnsjava:dnsjava", "org.xbill.DNS.Name"),
          new Library("org.slf4j", "org.slf4j:slf4j-api", "org.slf4j.Logger"),
          new Library(
              "com.github.benmanes.caffeine",
              "com.github.ben-manes.caffeine:caffeine",
              "com.github.benmanes.caffeine.cache.Caffeine"));

  private Linkage() {}

  /**
   * Creates something whose adapters prove that they can run.
   *
   * @throws IllegalStateException if a library is missing or incompatible; the message names it,
   *     the version expected and the version found
   */
  static <T> T proven(Supplier<T> creation) {
    try {
      return creation.get();
    } catch (LinkageError e) {
      throw new IllegalStateException(explain(e), e);
    }
  }

  private static String explain(LinkageError error) {
    String failures = failures(error);
    String reason = " (" + Excerpt.of(failures, SHOWN) + ")";
    return culprit(failures)
        .map(
            library ->
                "class path: expected "
                    + wanted(library)
                    + ", found "
                    + found(library)
                    + reason
                    + "; set the version of "
                    + library.artifact()
                    + " in your build to the expected one or a newer one, and remove other copies")
        .orElseGet(
            () ->
                "class path: expected libraries that fit together, found that they do not"
                    + reason
                    + "; compare your dependencies with those of mta-sts-core");
  }

  private static String failures(LinkageError error) {
    return String.join(
        "; ",
        Stream.<Throwable>iterate(error, Objects::nonNull, Throwable::getCause)
            .limit(MOST_CAUSES)
            .map(thrown -> thrown.getClass().getSimpleName() + ": " + thrown.getMessage())
            .toList());
  }

  /**
   * The library to blame: of those that the failure names, the first with another version than
   * expected; if it names none (on JDK 17 a missing field has no class), any such library.
   */
  private static Optional<Library> culprit(String failures) {
    String names = failures.replace('/', '.');
    List<Library> named =
        LIBRARIES.stream()
            .filter(library -> position(library, names) >= 0)
            .sorted(Comparator.comparingInt(library -> position(library, names)))
            .toList();
    return named.stream()
        .filter(Linkage::differs)
        .findFirst()
        .or(() -> named.stream().findFirst())
        .or(() -> LIBRARIES.stream().filter(Linkage::differs).findFirst());
  }

  private static int position(Library library, String names) {
    Matcher name =
        Pattern.compile("(?<![\\w.])" + Pattern.quote(library.packages()) + "\\.").matcher(names);
    return name.find() ? name.start() : -1;
  }

  private static boolean differs(Library library) {
    return !foundVersion(library).equals(version(library.artifact()));
  }

  private static String wanted(Library library) {
    return library.artifact() + " " + version(library.artifact()).orElse("");
  }

  /** The version of a library that this one was built with. */
  static Optional<String> version(String artifact) {
    Properties versions = new Properties();
    try (InputStream file = Linkage.class.getResourceAsStream(VERSIONS)) {
      if (file != null) {
        versions.load(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Optional.ofNullable(versions.getProperty(artifact));
  }

  private static String found(Library library) {
    return jar(library)
        .map(
            jar ->
                foundVersion(library).map(version -> "version " + version + " in ").orElse("")
                    + jar)
        .orElse("none");
  }

  private static Optional<String> foundVersion(Library library) {
    return jar(library).flatMap(jar -> version(library, jar)).or(() -> packageVersion(library));
  }

  /**
   * The version in the name of a jar such as okio-jvm-3.6.0.jar or, in older versions,
   * okio-2.8.0.jar.
   */
  private static Optional<String> version(Library library, String jar) {
    String name = library.artifact().replaceFirst(".*:", "").replaceFirst("-jvm$", "");
    Matcher version = Pattern.compile(Pattern.quote(name) + "(?:-jvm)?-(\\d.*)\\.jar").matcher(jar);
    return version.matches() ? Optional.of(version.group(1)) : Optional.empty();
  }

  private static Optional<String> packageVersion(Library library) {
    return load(library)
        .map(Class::getPackage)
        .flatMap(type -> Optional.ofNullable(type.getImplementationVersion()));
  }

  /** The file name of the jar, also of a jar within a jar. */
  private static Optional<String> jar(Library library) {
    return load(library)
        .map(type -> type.getProtectionDomain().getCodeSource())
        .map(CodeSource::getLocation)
        .map(url -> url.getPath().replaceFirst("[!/]+$", "").replaceFirst(".*[/!]", ""));
  }

  private static Optional<Class<?>> load(Library library) {
    try {
      return Optional.of(Class.forName(library.aClass(), false, Linkage.class.getClassLoader()));
    } catch (ClassNotFoundException | LinkageError e) {
      return Optional.empty();
    }
  }
}
