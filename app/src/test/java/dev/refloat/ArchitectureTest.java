package dev.refloat;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// The rooms of the program and who may see whom (ARCHITECTURE.md).
class ArchitectureTest {
  private static final int LEAST_CLASSES = 120;

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.refloat");

  private static final String[] CORE = {
    "dev.refloat.model..",
    "dev.refloat.evidence..",
    "dev.refloat.port..",
    "dev.refloat.release..",
    "dev.refloat.signal..",
    "dev.refloat.rule..",
    "dev.refloat.diagnosis..",
    "dev.refloat.plan..",
    "dev.refloat.validation..",
    "dev.refloat.recovery..",
    "dev.refloat.lint.."
  };

  @Test
  void seesTheClassesItJudges() {
    assertThat(CLASSES.size()).isGreaterThan(LEAST_CLASSES);
    assertThat(CLASSES.containPackage("dev.refloat.diagnosis")).isTrue();
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.refloat.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void coreRoomsUseOnlyRoomsAboveThem() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("model")
        .definedBy("dev.refloat.model..")
        .layer("evidence")
        .definedBy("dev.refloat.evidence..")
        .layer("port")
        .definedBy("dev.refloat.port..")
        .layer("release")
        .definedBy("dev.refloat.release..")
        .layer("signal")
        .definedBy("dev.refloat.signal..")
        .layer("rule")
        .definedBy("dev.refloat.rule..")
        .layer("diagnosis")
        .definedBy("dev.refloat.diagnosis..")
        .layer("plan")
        .definedBy("dev.refloat.plan..")
        .layer("validation")
        .definedBy("dev.refloat.validation..")
        .layer("recovery")
        .definedBy("dev.refloat.recovery..")
        .layer("lint")
        .definedBy("dev.refloat.lint..")
        .whereLayer("lint")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("recovery")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("validation")
        .mayOnlyBeAccessedByLayers("recovery")
        .whereLayer("plan")
        .mayOnlyBeAccessedByLayers("recovery")
        .whereLayer("diagnosis")
        .mayOnlyBeAccessedByLayers("plan", "validation", "recovery")
        .whereLayer("rule")
        .mayOnlyBeAccessedByLayers("diagnosis", "plan")
        .whereLayer("signal")
        .mayOnlyBeAccessedByLayers("rule", "diagnosis")
        .whereLayer("release")
        .mayOnlyBeAccessedByLayers(
            "signal", "rule", "diagnosis", "plan", "validation", "recovery", "lint")
        .whereLayer("port")
        .mayOnlyBeAccessedByLayers("diagnosis", "recovery")
        .check(CLASSES);
  }

  @Test
  void coreIsPure() {
    noClasses()
        .that()
        .resideInAnyPackage(CORE)
        .should()
        .dependOnClassesThat(
            outside(
                "java.lang..",
                "java.util..",
                "java.time..",
                "java.math..",
                "java.text..",
                "java.nio.charset..", // digests, which are functions
                "java.security..",
                "org.jspecify..",
                "dev.refloat.."))
        .because("a diagnosis is replayed from its evidence: no input or output, no libraries")
        .check(CLASSES);
    for (Class<?> clock : List.of(java.time.Instant.class, java.time.LocalDate.class)) {
      noClasses()
          .that()
          .resideInAnyPackage(CORE)
          .should()
          .callMethod(clock, "now")
          .because("time comes with the evidence")
          .check(CLASSES);
    }
    noClasses()
        .that()
        .resideInAnyPackage(CORE)
        .should()
        .callMethod(System.class, "getenv")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(java.util.UUID.class, "randomUUID")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.util.Random")
        .because("the same evidence gives the same answer")
        .check(CLASSES);
  }

  @Test
  void adaptersAndDoorsDoNotSeeEachOther() {
    Set<String> rooms = new TreeSet<>();
    for (JavaClass c : CLASSES) {
      String[] path = c.getPackageName().split("\\.", -1);
      if (path.length > 3 && path[2].equals("adapter")) {
        rooms.add("dev.refloat.adapter." + path[3]);
      }
    }
    rooms.addAll(Set.of("dev.refloat.render", "dev.refloat.cli"));
    Set<String> formats =
        Set.of(
            "dev.refloat.adapter.json",
            "dev.refloat.adapter.yaml",
            "dev.refloat.adapter.helm",
            "dev.refloat.adapter.archive",
            "dev.refloat.adapter.process");
    for (String room : rooms) {
      for (String other : rooms) {
        boolean allowed =
            room.equals(other)
                || (room.startsWith("dev.refloat.adapter") && formats.contains(other))
                || (room.equals("dev.refloat.cli") && other.equals("dev.refloat.render"));
        if (!allowed) {
          noClasses()
              .that()
              .resideInAPackage(room + "..")
              .should()
              .dependOnClassesThat()
              .resideInAPackage(other + "..")
              .because("only wiring sees all rooms")
              .allowEmptyShould(true)
              .check(CLASSES);
        }
      }
    }
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.refloat.wiring..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.refloat.wiring..")
        .because("wiring is the root")
        .check(CLASSES);
  }

  @Test
  void librariesStayInTheirRooms() {
    confined("io.fabric8..", "dev.refloat.adapter.kubernetes..");
    confined("org.snakeyaml..", "dev.refloat.adapter..");
    confined("tools.jackson..", "dev.refloat.adapter..");
    confined("picocli..", "dev.refloat.cli..");
    confined("java.net.http..", "dev.refloat.adapter..");
  }

  private static void confined(String library, String room) {
    noClasses()
        .that()
        .resideInAPackage("dev.refloat..")
        .and()
        .resideOutsideOfPackage(room)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .because(library + " is the affair of " + room)
        .check(CLASSES);
  }

  @Test
  void onlyTheDoorWritesToTheStandardStreams() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.refloat.cli..", "dev.refloat.wiring..", "dev.refloat.packaging..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethod(Throwable.class, "printStackTrace")
        .because("work never prints")
        .check(CLASSES);
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.logging..")
        .because("what matters is in the result")
        .check(CLASSES);
  }

  @Test
  void namesSayWhatAClassIs() {
    ArchRule names =
        noClasses()
            .should()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Impl");
    names.because("such names say nothing").check(CLASSES);
  }

  @Test
  void everyPackageIsNullMarked() {
    Set<String> unmarked = new TreeSet<>();
    for (JavaClass c : CLASSES) {
      if (!c.getPackage().isAnnotatedWith(NullMarked.class)) {
        unmarked.add(c.getPackageName());
      }
    }
    assertThat(unmarked).isEmpty();
  }

  @Test
  void nobodyThrowsWhatSaysNothing() {
    noClasses()
        .should()
        .callConstructor(RuntimeException.class)
        .orShould()
        .callConstructor(RuntimeException.class, String.class)
        .orShould()
        .callConstructor(RuntimeException.class, String.class, Throwable.class)
        .orShould()
        .callConstructor(Exception.class, String.class)
        .because("the type of an exception is part of its message")
        .check(
            CLASSES.that(
                DescribedPredicate.describe(
                    "do not derive from it", c -> !c.isAssignableTo(Exception.class))));
  }

  @Test
  void resultsAreImmutable() {
    classes()
        .that()
        .resideInAnyPackage("dev.refloat.model..", "dev.refloat.diagnosis..", "dev.refloat.rule..")
        .should(haveOnlyFinalFields())
        .because("evidence and results are passed between threads")
        .check(
            CLASSES.that(
                DescribedPredicate.describe(
                    "are no builders", c -> !c.getSimpleName().equals("Builder"))));
  }

  private static ArchCondition<JavaClass> haveOnlyFinalFields() {
    return new ArchCondition<>("have only final fields") {
      @Override
      public void check(JavaClass c, ConditionEvents events) {
        c.getFields().stream()
            .filter(f -> !f.getModifiers().contains(JavaModifier.FINAL))
            // What is worked out at its first use and then never changes.
            .filter(f -> !f.getModifiers().contains(JavaModifier.VOLATILE))
            .forEach(
                f ->
                    events.add(
                        SimpleConditionEvent.violated(f, f.getFullName() + " is not final")));
      }
    };
  }

  private static DescribedPredicate<JavaClass> outside(String... packages) {
    return DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(packages))
        .and(
            DescribedPredicate.not(
                DescribedPredicate.describe("primitives", JavaClass::isPrimitive)))
        .and(DescribedPredicate.not(DescribedPredicate.describe("arrays", JavaClass::isArray)));
  }
}
