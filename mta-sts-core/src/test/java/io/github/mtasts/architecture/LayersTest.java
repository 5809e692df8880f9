package io.github.mtasts.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.github.mtasts.DomainNames;

/** Dependencies point downwards only, and each foreign library has one adapter. */
@AnalyzeClasses(packages = "io.github.mtasts", importOptions = ImportOption.DoNotIncludeTests.class)
final class LayersTest {
  private static final String BASE = "io.github.mtasts";

  @ArchTest
  static final ArchRule dependenciesPointDownwardsOnly =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("mail")
          .definedBy(BASE + ".mail..")
          .layer("tls")
          .definedBy(BASE + ".tls..")
          .layer("root")
          .definedBy(BASE)
          .layer("discovery")
          .definedBy(BASE + ".discovery..")
          .layer("fetch")
          .definedBy(BASE + ".fetch..")
          .layer("store")
          .definedBy(BASE + ".store..")
          .layer("policy")
          .definedBy(BASE + ".policy..")
          .whereLayer("mail")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("tls")
          .mayOnlyBeAccessedByLayers("mail")
          .whereLayer("root")
          .mayOnlyBeAccessedByLayers("tls", "mail")
          .whereLayer("discovery")
          .mayOnlyBeAccessedByLayers("root", "mail")
          .whereLayer("fetch")
          .mayOnlyBeAccessedByLayers("root", "mail")
          .whereLayer("store")
          .mayOnlyBeAccessedByLayers("root");

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
  static final ArchRule onlyDiscoveryKnowsDnsjava =
      noClasses()
          .that()
          .resideOutsideOfPackage(BASE + ".discovery..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.xbill..");

  @ArchTest
  static final ArchRule onlyFetchAndTheDoorForNamesKnowOkHttp =
      noClasses()
          .that()
          .resideOutsideOfPackage(BASE + ".fetch..")
          .and()
          .doNotBelongToAnyOf(DomainNames.class)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("okhttp3..", "okio..", "kotlin..");

  @ArchTest
  static final ArchRule onlyMemoryKnowsCaffeine =
      noClasses()
          .that()
          .resideOutsideOfPackage(BASE + ".store.memory..")
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
          .should()
          .haveModifier(JavaModifier.FINAL);

  @ArchTest
  static final ArchRule namesTellAJob =
      noClasses()
          .should()
          .haveNameMatching(".*(Impl|Utils?|Helper|Manager)")
          .orShould()
          .haveNameMatching(".*\\.Abstract[^.]*");
}
