package org.pfha.examples;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows of the house: {@code node -> engine -> wire}; the pure layers know no outside. */
class ArchitectureTest {

  private static final JavaClasses PFHA =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.pfha");

  /** Bytes, decisions and the state model: everything that must replay to the same result. */
  private static final String[] PURE = {
    "org.pfha..wire",
    "org.pfha..engine",
    "org.pfha..diagnosis",
    "org.pfha.pf",
    "org.pfha.configsync.doctor"
  };

  private static final Set<String> IMPURE_CLASSES =
      Set.of(
          "java.lang.Thread",
          "java.lang.ThreadLocal",
          "java.lang.Runtime",
          "java.lang.Process",
          "java.lang.ProcessBuilder",
          "java.util.Random",
          "java.util.SplittableRandom",
          "java.util.UUID",
          "java.util.Timer",
          "java.security.SecureRandom",
          "java.util.concurrent.ThreadLocalRandom",
          "java.util.concurrent.CompletableFuture",
          "java.util.concurrent.Executor",
          "java.util.concurrent.ExecutorService",
          "java.util.concurrent.Executors",
          "java.util.concurrent.ScheduledExecutorService",
          "java.util.concurrent.ForkJoinPool",
          "java.time.Clock",
          "java.time.InstantSource");

  /** Tells the processor of a spinning reader; starts, stops and waits for no thread. */
  private static final String PROCESSOR_HINT = "java.lang.Thread.onSpinWait";

  private static final Set<String> CLOCK_READS =
      Set.of(
          "java.lang.System.nanoTime",
          "java.lang.System.currentTimeMillis",
          "java.time.Instant.now",
          "java.lang.Math.random");

  private static final DescribedPredicate<JavaClass> THE_OUTSIDE =
      describe(
          "a socket, a thread, a wall clock, randomness or a file",
          type ->
              IMPURE_CLASSES.contains(type.getName())
                  || type.getPackageName().startsWith("java.nio.channels")
                  || type.getPackageName().startsWith("java.nio.file")
                  || type.getPackageName().startsWith("java.net.http")
                  || type.getPackageName().startsWith("com.sun.jna")
                  || (type.getPackageName().startsWith("java.net")
                      && !type.getSimpleName().startsWith("Inet")
                      && !type.getSimpleName().equals("UnknownHostException")));

  @Test
  void theHouseHasAllItsRooms() {
    assertThat(PFHA.stream().map(JavaClass::getPackageName))
        .contains(
            "org.pfha.net",
            "org.pfha.net.sys",
            "org.pfha.net.pcap",
            "org.pfha.net.sim",
            "org.pfha.carp",
            "org.pfha.carp.wire",
            "org.pfha.carp.engine",
            "org.pfha.carp.diagnosis",
            "org.pfha.carp.kernel",
            "org.pfha.carp.diagnosis",
            "org.pfha.pf",
            "org.pfha.pf.device",
            "org.pfha.pfsync",
            "org.pfha.pfsync.wire",
            "org.pfha.pfsync.engine",
            "org.pfha.cluster",
            "org.pfha.configsync",
            "org.pfha.configsync.config",
            "org.pfha.configsync.rpc",
            "org.pfha.configsync.dialect",
            "org.pfha.configsync.doctor");
  }

  @Test
  void pureLayersKnowNoSocketThreadClockOrRandomness() {
    classes().that().resideInAnyPackage(PURE).should(knowNothingOutside()).check(PFHA);
    classes().that().resideInAnyPackage(PURE).should(readNoClock()).check(PFHA);
  }

  @Test
  void pureLayersKnowNoTransport() {
    noClasses()
        .that()
        .resideInAnyPackage(PURE)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "org.pfha.net.sys..",
                    "org.pfha.net.raw..",
                    "org.pfha.net.sim..",
                    "org.pfha.net.pcap..")
                .or(
                    describe(
                        "an event loop or a transport",
                        type ->
                            Stream.of("EventLoop", "ThreadEventLoop", "IpTransport", "NanoClock")
                                .anyMatch(name -> type.getName().equals("org.pfha.net." + name)))))
        .check(PFHA);
  }

  @Test
  void arrowsPointFromNodeToEngineToWire() {
    noClasses()
        .that()
        .resideInAPackage("org.pfha..wire")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("org.pfha..engine", "org.pfha.carp", "org.pfha.pfsync"))
        .check(PFHA);
    noClasses()
        .that()
        .resideInAPackage("org.pfha..engine")
        .should()
        .dependOnClassesThat(resideInAnyPackage("org.pfha.carp", "org.pfha.pfsync"))
        .check(PFHA);
    noClasses()
        .that()
        .resideInAPackage("org.pfha.pf")
        .should()
        .dependOnClassesThat(resideInAnyPackage("org.pfha.pfsync..", "org.pfha.carp.."))
        .check(PFHA);
    noClasses()
        .that()
        .resideInAPackage("org.pfha.net..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.pfha..")
                .and(DescribedPredicate.not(resideInAPackage("org.pfha.net.."))))
        .check(PFHA);
    noClasses()
        .that()
        .resideInAPackage("org.pfha.net")
        .should()
        .dependOnClassesThat(resideInAPackage("org.pfha.net.*.."))
        .check(PFHA);
  }

  @Test
  void nativeCodeIsCalledThroughOneSeam() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.pfha.net.sys..")
        .should()
        .dependOnClassesThat(resideInAPackage("com.sun.jna.."))
        .check(PFHA);
  }

  @Test
  void publicSignaturesShowNoLibraryThatUsersWouldInherit() {
    noMethods()
        .that()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .resideOutsideOfPackage("org.pfha.examples..")
        .should(
            mention("com.google.common", "org.bouncycastle", "com.sun.jna", "org.apache.xmlrpc"))
        .check(PFHA);
  }

  @Test
  void librariesLogNothingToTheConsole() {
    noClasses()
        .that()
        .resideOutsideOfPackages("org.pfha.examples..")
        .should(useTheConsole())
        .check(PFHA);
  }

  private static ArchCondition<JavaClass> knowNothingOutside() {
    return new ArchCondition<>("know nothing of the outside") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          boolean hint = dependency.getDescription().contains("<" + PROCESSOR_HINT + "()>");
          if (THE_OUTSIDE.test(dependency.getTargetClass()) && !hint) {
            events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
          }
        }
      }
    };
  }

  private static ArchCondition<JavaClass> readNoClock() {
    return new ArchCondition<>("read no clock") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (JavaAccess<?> access : type.getAccessesFromSelf()) {
          String target = access.getTargetOwner().getName() + "." + access.getName();
          if (CLOCK_READS.contains(target)) {
            events.add(SimpleConditionEvent.violated(type, access.getDescription()));
          }
        }
      }
    };
  }

  private static ArchCondition<JavaClass> useTheConsole() {
    return new ArchCondition<>("use System.out, System.err or printStackTrace") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (JavaAccess<?> access : type.getAccessesFromSelf()) {
          boolean stream =
              access.getTargetOwner().getName().equals("java.lang.System")
                  && Set.of("out", "err").contains(access.getName());
          boolean trace =
              access.getName().equals("printStackTrace")
                  && access.getTargetOwner().isAssignableTo(Throwable.class);
          if (stream || trace) {
            events.add(SimpleConditionEvent.satisfied(type, access.getDescription()));
          }
        }
      }
    };
  }

  private static ArchCondition<JavaMethod> mention(String... packages) {
    return new ArchCondition<>("mention " + String.join(", ", packages)) {
      @Override
      public void check(JavaMethod method, ConditionEvents events) {
        if (method.getModifiers().contains(JavaModifier.SYNTHETIC)) {
          return;
        }
        Stream.concat(Stream.of(method.getRawReturnType()), method.getRawParameterTypes().stream())
            .filter(type -> Stream.of(packages).anyMatch(type.getPackageName()::startsWith))
            .forEach(
                type ->
                    events.add(
                        SimpleConditionEvent.satisfied(
                            method, method.getFullName() + " mentions " + type.getName())));
      }
    };
  }
}
