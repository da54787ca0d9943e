package org.pfha.configsync.rpc;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What comes along at run time, and that none of it is reached that should not be. */
class DependenciesTest {
  private static final Set<String> ALLOWED =
      Set.of(
          "bcpkix-jdk18on",
          "bcprov-jdk18on",
          "bcutil-jdk18on",
          "failureaccess",
          "guava",
          "jspecify",
          "ws-commons-util",
          "xmlrpc-common");

  /** What Maven resolved for run time, written down by the build. */
  @Test
  void nothingElseIsResolved() throws IOException {
    String resolved = Files.readString(Path.of("target", "runtime-dependencies.txt")).strip();
    Set<String> names =
        Arrays.stream(resolved.split(File.pathSeparator))
            .map(jar -> Path.of(jar).getFileName().toString().replaceFirst("-\\d.*", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(names).isSubsetOf(ALLOWED).contains("xmlrpc-common", "ws-commons-util");
  }

  /** The classes of ours, and all of Apache's that they can reach, in any number of steps. */
  private static Set<String> reachable() {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(location -> !location.contains("test-classes"))
            .importPackages("org.pfha.configsync", "org.apache.xmlrpc", "org.apache.ws");
    Deque<JavaClass> open = new ArrayDeque<>();
    classes.stream()
        .filter(type -> type.getPackageName().startsWith("org.pfha"))
        .forEach(open::add);
    Set<String> reached = new HashSet<>();
    while (!open.isEmpty()) {
      JavaClass type = open.remove();
      if (reached.add(type.getName()) && isOursOrApaches(type)) {
        type.getDirectDependenciesFromSelf()
            .forEach(d -> open.add(whole(classes, d.getTargetClass())));
        type.getRawSuperclass().ifPresent(superclass -> open.add(whole(classes, superclass)));
        type.getRawInterfaces().forEach(implemented -> open.add(whole(classes, implemented)));
      }
    }
    return reached;
  }

  private static boolean isOursOrApaches(JavaClass type) {
    return type.getPackageName().startsWith("org.pfha")
        || type.getPackageName().startsWith("org.apache");
  }

  /** The class with all it depends on, where it was read. */
  private static JavaClass whole(JavaClasses classes, JavaClass type) {
    return classes.contain(type.getName()) ? classes.get(type.getName()) : type;
  }

  @Test
  void nothingThatDeserialisesIsReachable() {
    Set<String> reached = reachable();
    assertThat(reached)
        .contains(
            "org.apache.xmlrpc.serializer.XmlRpcWriter",
            "org.apache.xmlrpc.parser.RecursiveTypeParserImpl");
    assertThat(reached)
        .doesNotContain(
            "java.io.ObjectInputStream",
            "org.apache.xmlrpc.parser.SerializableParser",
            "org.apache.xmlrpc.parser.XmlRpcResponseParser",
            "org.apache.xmlrpc.common.TypeFactoryImpl",
            "org.apache.xmlrpc.util.SAXParsers",
            "java.beans.XMLDecoder");
  }

  @Test
  void ofApachesLibraryOnlyTheEncodingIsUsed() {
    noClasses()
        .that()
        .resideInAPackage("org.pfha..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.xmlrpc.client..",
            "org.apache.xmlrpc.server..",
            "org.apache.xmlrpc.webserver..",
            "org.apache.xmlrpc.jaxb..",
            "org.apache.xmlrpc.util..")
        .check(new ClassFileImporter().importPackages("org.pfha.configsync"));
  }
}
