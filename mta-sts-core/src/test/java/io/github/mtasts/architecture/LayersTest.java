// SPDX-License-Identifier: Apache-2.0
package io.github.mtasts.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.github.mtasts.decision.DomainNames;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Dependencies point downwards only, and each foreign library has one adapter. */
@AnalyzeClasses(packages = "io.github.mtasts", importOptions = ImportOption.DoNotIncludeTests.class)
final class LayersTest {
  private static final String BASE = "io.github.mtasts";
  private static final String ROOT = "";
  private static final Pattern INTERNAL =
      Pattern.compile(
          "io\\.github\\.mtasts\\."
              + "(cache|discovery\\.record|events|fetch|overrides|refresh|resolver|stored|x509)\\..*");

  /** The layers, bottom first; each may use those that its list names. */
  private static final Map<String, List<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("policy", List.of()),
          Map.entry("address", List.of("policy")),
          Map.entry("x509", List.of("policy")),
          Map.entry("decision", List.of("policy")),
          Map.entry("discovery", List.of("policy")),
          Map.entry("fetch", List.of("policy", "address", "x509", "decision")),
          Map.entry("store", List.of("policy", "decision")),
          Map.entry("cache", List.of("policy", "decision", "discovery")),
          Map.entry("stored", List.of("policy", "decision", "store", "cache")),
          Map.entry("overrides", List.of("policy", "decision")),
          Map.entry("events", List.of("policy", "decision")),
          Map.entry(
              "resolver", List.of("policy", "decision", "discovery", "fetch", "cache", "stored")),
          Map.entry(
              "refresh", List.of("policy", "decision", "store", "cache", "stored", "resolver")),
          Map.entry("tls", List.of("policy", "x509", "decision")),
          Map.entry("mail", List.of("policy", "address", "decision", "discovery", "tls", ROOT)));

  @ArchTest
  static void dependenciesPointDownwardsOnly(JavaClasses classes) {
    for (Map.Entry<String, List<String>> layer : MAY_USE.entrySet()) {
      String[] allowed =
          Stream.concat(Stream.of(layer.getKey()), layer.getValue().stream())
              .map(name -> name.equals(ROOT) ? BASE : BASE + "." + name + "..")
              .toArray(String[]::new);
      classes()
          .that()
          .resideInAPackage(BASE + "." + layer.getKey() + "..")
          .should()
          .onlyDependOnClassesThat(
              resideOutsideOfPackage(BASE + "..").or(resideInAnyPackage(allowed)))
          .as("package " + layer.getKey() + " uses only the layers below it")
          .check(classes);
    }
  }

  /** What the root package puts together; everything else in these packages is their own matter. */
  private static final Set<String> USED_BY_ROOT =
      Set.of(
          "cache.BackOff",
          "cache.CacheEntry",
          "cache.CacheTier",
          "cache.LastUse",
          "cache.PolicyCache",
          "cache.TtlBounds",
          "discovery.record.RecordDiscovery",
          "discovery.record.TxtRecordDiscovery",
          "events.EventDispatcher",
          "fetch.FetchSettings",
          "fetch.LookupUnavailableException",
          "fetch.OkHttpPolicyFetcher",
          "fetch.PolicyFetcher",
          "fetch.UserAgent",
          "overrides.OverrideTable",
          "overrides.OverridesFile",
          "overrides.OverridesReloader",
          "overrides.UnreadableOverridesException",
          "refresh.Maintenance",
          "refresh.MaintenanceThread",
          "refresh.RefreshSchedule",
          "refresh.Refresher",
          "resolver.FleetFetch",
          "resolver.InFlightLookups",
          "resolver.LookupFlow",
          "resolver.UndeterminedAnswers",
          "stored.StoreGateway",
          "stored.StoreMapper");

  @ArchTest
  static void theRootTouchesNoOtherPackagesInternals(JavaClasses classes) {
    Set<String> used = new TreeSet<>();
    for (JavaClass type : classes) {
      if (type.getPackageName().equals(BASE)) {
        type.getDirectDependenciesFromSelf().stream()
            .map(dependency -> TypeCircles.topLevel(dependency.getTargetClass()))
            .filter(INTERNAL.asMatchPredicate())
            .map(name -> name.substring(BASE.length() + 1))
            .forEach(used::add);
      }
    }
    assertThat(used)
        .as("types of internal packages that the root package uses; go through these, or say why")
        .containsExactlyInAnyOrderElementsOf(USED_BY_ROOT);
  }

  @ArchTest
  static void everyPackageHasALayer(JavaClasses classes) {
    assertThat(
            classes.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.equals(BASE))
                .map(name -> name.substring(BASE.length() + 1).replaceFirst("\\..*", "")))
        .isSubsetOf(MAY_USE.keySet());
  }

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching(BASE + ".(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule theModelKnowsTheJdkOnly =
      classes()
          .that()
          .resideInAPackage(BASE + ".policy..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", BASE + ".policy..", "org.jspecify..");

  @ArchTest
  static final ArchRule addressesAndCertificatesKnowTheModelAndTheJdkOnly =
      classes()
          .that()
          .resideInAnyPackage(BASE + ".address..", BASE + ".x509..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "javax.net.ssl..",
              BASE + ".address..",
              BASE + ".x509..",
              BASE + ".policy..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule onlyDiscoveryKnowsDnsjava =
      noClasses()
          .that()
          .resideOutsideOfPackage(BASE + ".discovery..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.xbill..");

  @ArchTest
  static final ArchRule onlyFetchAndDomainNamesUseOkHttp =
      noClasses()
          .that()
          .resideOutsideOfPackage(BASE + ".fetch..")
          .and()
          .doNotBelongToAnyOf(DomainNames.class)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("okhttp3..", "okio..", "kotlin..");

  @ArchTest
  static final ArchRule onlyTheCacheKnowsCaffeine =
      noClasses()
          .that()
          .resideOutsideOfPackage(BASE + ".cache..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.github.benmanes..");

  @ArchTest
  static final ArchRule onlyTheStoreInRedisKnowsJedis =
      noClasses()
          .that()
          .resideOutsideOfPackage(BASE + ".store.redis..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("redis..", "org.apache.commons.pool2..");

  @ArchTest
  static final ArchRule onlyTheJdbcStoreKnowsJdbc =
      noClasses()
          .that()
          .resideOutsideOfPackage(BASE + ".store.jdbc..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.sql..", "javax.sql..");

  @ArchTest
  static final ArchRule onlyTheLinesOfPoliciesKnowJackson =
      noClasses()
          .that()
          .resideOutsideOfPackage(BASE + ".store.json..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.fasterxml.jackson..");

  @ArchTest
  static final ArchRule onlyMailKnowsJakartaMail =
      noClasses()
          .that()
          .resideOutsideOfPackage(BASE + ".mail..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jakarta..", "org.eclipse..");

  @ArchTest
  static final ArchRule propertiesAloneNeedNoJakartaMail =
      noClasses()
          .that()
          .haveSimpleName("MailProperties")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jakarta..", "org.eclipse..");

  @ArchTest
  static final ArchRule classesAreFinalOrSealedOrInterfaces =
      classes()
          .that()
          .areTopLevelClasses()
          .and()
          .areNotInterfaces()
          .and()
          .areNotEnums()
          .and(describe("are not sealed", type -> !type.reflect().isSealed()))
          .should()
          .haveModifier(JavaModifier.FINAL);

  @ArchTest
  static final ArchRule namesTellAJob =
      noClasses()
          .should()
          .haveNameMatching(
              ".*(Impl|Utils?|Helper|(?<!Trust)Manager)") // TrustManager is JSSE's word
          .orShould()
          .haveNameMatching(".*\\.Abstract[^.]*");

  /** Types that need each other cannot be read, tested or moved apart: keep such circles small. */
  @ArchTest
  static void typeCirclesAreSmall(JavaClasses classes) {
    assertThat(TypeCircles.of(classes))
        .allSatisfy(circle -> assertThat(circle).hasSizeLessThanOrEqualTo(12));
  }
}
