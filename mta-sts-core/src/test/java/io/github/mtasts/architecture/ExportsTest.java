// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.architecture;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Nothing is exported that a user cannot reach: each public type of an exported package is an entry
 * point, is used by the examples, or occurs in the public signatures of a type that can be reached.
 */
final class ExportsTest {
  /**
   * Where a user's code begins, each with its reason. Add a type only if users create it, call its
   * static methods or catch it, and no other exported type leads to it.
   */
  private static final Set<String> ENTRY_POINTS =
      Set.of(
          "PolicyResolver", // builder(), and from there PolicyResolverBuilder and the results
          "MxCertificateException", // the cause of an SSLHandshakeException, with its ResultType
          "MxTls", // TLS of one connection, for any SMTP client
          "MailProperties", // Jakarta Mail by properties
          "MtaStsTransport", // Jakarta Mail by a transport
          "MxLookup", // MX hosts of a domain
          "DnsJavaClient", // the DNS client, for MxLookup
          "JdbcPolicyStore", // stores, for PolicyResolverBuilder.store
          "RedisPolicyStore",
          "RowRefusedException", // thrown by stores of users, for a single row
          "PolicyLines"); // policies as JSON Lines

  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\\n]*");
  private static final Pattern EXPORT = Pattern.compile("\\bexports\\s+([\\w.]+)\\s*;");
  private static final Pattern MENTION = Pattern.compile("\\bio\\.github\\.mtasts\\.[\\w.]+");
  private static final Pattern TEST_CLASSES =
      Pattern.compile(".*/test(-classes)?/io/github/mtasts/.*");

  private static final Path REPOSITORY = SourceRules.ofThisRepository().repository();
  private static final Set<String> EXPORTED = exportedPackages();
  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(place -> !place.matches(TEST_CLASSES))
          .importPackages("io.github.mtasts");
  private static final Map<String, JavaClass> TYPES = exportedTypes();

  @Test
  void everyExportedPackageHasAPublicType() {
    assertThat(EXPORTED).hasSizeGreaterThan(5);
    assertThat(packagesWithoutPublicType(EXPORTED))
        .as("exports of module-info without a public type; remove the export")
        .isEmpty();
  }

  @Test
  void everyExportedTypeCanBeReached() throws IOException {
    Set<String> starts = entryPoints();
    starts.addAll(usedByExamples());
    assertThat(unreachable(starts))
        .as(
            "public types in exported packages that are no entry point, and that neither the"
                + " examples nor a signature of a reachable type uses; make them package-private,"
                + " move them to an internal package, or add them to ENTRY_POINTS with a reason")
        .isEmpty();
  }

  @Test
  void everyEntryPointExists() {
    assertThat(entryPoints().stream().map(ExportsTest::simpleName))
        .as("entry points among the exported types; remove from ENTRY_POINTS what is gone")
        .containsExactlyInAnyOrderElementsOf(ENTRY_POINTS);
  }

  @Test
  void reportsAnExportWithoutPublicType() {
    assertThat(packagesWithoutPublicType(List.of("io.github.mtasts.nowhere")))
        .containsExactly("io.github.mtasts.nowhere");
  }

  @Test
  void reportsATypeThatOnlyAMissingEntryPointReaches() {
    Set<String> starts = entryPoints();
    starts.removeIf(name -> name.endsWith(".JdbcPolicyStore"));
    assertThat(unreachable(starts)).anyMatch(name -> name.endsWith(".JdbcPolicyStore"));
    assertThat(unreachable(starts)).noneMatch(name -> name.endsWith(".PolicyResolverBuilder"));
    assertThat(unreachable(Set.of())).hasSameSizeAs(TYPES.keySet());
  }

  /** Follows public signatures from the given types; returns the exported types not met. */
  private static Set<String> unreachable(Set<String> starts) {
    Set<String> unseen = new TreeSet<>(TYPES.keySet());
    unseen.removeAll(starts);
    Deque<String> queue = new ArrayDeque<>(starts);
    while (!queue.isEmpty()) {
      for (String next : typesInSignaturesOf(queue.remove())) {
        if (unseen.remove(next)) {
          queue.add(next);
        }
      }
    }
    return unseen;
  }

  /** The top-level types in the signatures of a top-level type and of the types nested in it. */
  private static Set<String> typesInSignaturesOf(String topLevel) {
    return MAIN.stream()
        .filter(type -> isVisible(type) && topLevelName(type).equals(topLevel))
        .flatMap(ExportsTest::signature)
        .flatMap(type -> type.getAllInvolvedRawTypes().stream())
        .map(ExportsTest::topLevelName)
        .collect(toSet());
  }

  private static Stream<JavaType> signature(JavaClass type) {
    Stream<JavaType> supertypes =
        Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
    Stream<JavaType> parameters = type.getTypeParameters().stream().map(JavaType.class::cast);
    Stream<JavaType> members =
        type.getMembers().stream().filter(ExportsTest::isVisible).flatMap(ExportsTest::signature);
    return Stream.of(supertypes, parameters, members).flatMap(part -> part);
  }

  private static Stream<JavaType> signature(JavaMember member) {
    if (member instanceof JavaField field) {
      return Stream.of(field.getType());
    }
    JavaCodeUnit code = (JavaCodeUnit) member;
    return Stream.of(
            code.getTypeParameters(),
            code.getParameterTypes(),
            List.of(code.getReturnType()),
            code.getExceptionTypes())
        .flatMap(List::stream);
  }

  private static Set<String> packagesWithoutPublicType(Collection<String> packages) {
    Set<String> empty = new TreeSet<>(packages);
    TYPES.values().forEach(type -> empty.remove(type.getPackageName()));
    return empty;
  }

  private static Set<String> entryPoints() {
    return TYPES.keySet().stream()
        .filter(name -> ENTRY_POINTS.contains(simpleName(name)))
        .collect(toCollection(TreeSet::new));
  }

  /** The exported types whose full name occurs in the main sources of the examples. */
  private static Set<String> usedByExamples() throws IOException {
    Set<String> used = new TreeSet<>();
    Path sources = REPOSITORY.resolve("mta-sts-examples/src/main/java");
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : files.filter(name -> name.toString().endsWith(".java")).toList()) {
        Matcher mention = MENTION.matcher(Files.readString(file));
        while (mention.find()) {
          TYPES.keySet().stream()
              .filter(name -> (mention.group() + ".").startsWith(name + "."))
              .forEach(used::add);
        }
      }
    }
    assertThat(used).as("types that the examples use").hasSizeGreaterThan(10);
    return used;
  }

  private static Map<String, JavaClass> exportedTypes() {
    Map<String, JavaClass> types = new TreeMap<>();
    for (JavaClass type : MAIN) {
      if (type.isTopLevelClass()
          && type.getModifiers().contains(JavaModifier.PUBLIC)
          && EXPORTED.contains(type.getPackageName())) {
        types.put(type.getName(), type);
      }
    }
    return types;
  }

  /** The packages that module-info exports to everybody. */
  private static Set<String> exportedPackages() {
    Path moduleInfo = REPOSITORY.resolve("mta-sts-core/src/main/java/module-info.java");
    try {
      String text = COMMENT.matcher(Files.readString(moduleInfo)).replaceAll("");
      return EXPORT.matcher(text).results().map(export -> export.group(1)).collect(toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isVisible(JavaClass type) {
    return isVisible(type.getModifiers())
        && type.getEnclosingClass().map(ExportsTest::isVisible).orElse(true);
  }

  private static boolean isVisible(JavaMember member) {
    return isVisible(member.getModifiers());
  }

  private static boolean isVisible(Set<JavaModifier> modifiers) {
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }

  private static String topLevelName(JavaClass type) {
    String name = type.getBaseComponentType().getName();
    int nested = name.indexOf('$');
    return nested < 0 ? name : name.substring(0, nested);
  }

  private static String simpleName(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
