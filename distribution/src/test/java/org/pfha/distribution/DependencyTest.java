package org.pfha.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pfha.examples.conformance.Json;

/** What comes along with pfHA, how heavy it is and under which licence: as it is written down. */
class DependencyTest {

  static Stream<Module> packaged() {
    return Stream.concat(Module.LIBRARIES.stream(), Stream.of(Module.EXAMPLES));
  }

  @Test
  void thePageHasTheDependencies() throws IOException {
    Page.DEPENDENCIES.hasBlock("dependencies", dependencies());
  }

  private static List<String> dependencies() {
    Map<Dependency, List<String>> needed = new TreeMap<>();
    packaged()
        .forEach(
            module ->
                module
                    .dependencies()
                    .forEach(
                        dependency ->
                            needed
                                .computeIfAbsent(dependency, d -> new ArrayList<>())
                                .add(shown(module))));
    List<String> lines = new ArrayList<>();
    lines.add("| dependency | version | size | Java module | needed by |");
    lines.add("| --- | --- | ---: | --- | --- |");
    needed.forEach(
        (dependency, modules) ->
            lines.add(
                "| %s | %s | %s | `%s`%s | %s |"
                    .formatted(
                        dependency.artifact(),
                        dependency.version(),
                        Page.kilobytes(dependency.bytes()),
                        dependency.module().name(),
                        dependency.module().isAutomatic() ? ", automatic" : "",
                        String.join(", ", modules))));
    return lines;
  }

  private static String shown(Module module) {
    return module.equals(Module.EXAMPLES) ? "pfha.jar" : module.name();
  }

  /** Each row's dependency, version, licence and modules are those that were resolved. */
  @Test
  void theNoticesAreOfWhatIsResolved() throws IOException {
    Map<String, String> resolved = new TreeMap<>();
    packaged()
        .forEach(
            module ->
                module
                    .dependencies()
                    .forEach(
                        dependency ->
                            resolved.merge(
                                dependency.artifact() + " " + dependency.version(),
                                shown(module),
                                (one, other) -> one + ", " + other)));
    Map<String, String> noticed = new TreeMap<>();
    notices().forEach(row -> noticed.put(row.get(0) + " " + row.get(1), row.get(4)));
    assertThat(noticed).isEqualTo(resolved);
  }

  @Test
  void theNoticesTellTheLicencesOfTheBillsOfMaterials() throws IOException {
    Map<String, Set<String>> licences = new TreeMap<>();
    for (Json component : bom(Module.EXAMPLES).get("components").items()) {
      licences.put(name(component), licences(component));
    }
    for (List<String> row : notices()) {
      Set<String> told = licences.get(row.get(0) + " " + row.get(1));
      assertThat(told).as(row.get(0)).isNotNull();
      // xmlrpc-common's POM has none; its manifest has Apache's.
      if (!told.isEmpty()) {
        assertThat(told).as(row.get(0)).anyMatch(row.get(2)::startsWith);
      }
      for (String text : List.of(row.get(3).split(", "))) {
        assertThat(Module.HOUSE.resolve("licenses").resolve(text)).exists();
      }
    }
  }

  private static List<List<String>> notices() throws IOException {
    return Files.readAllLines(Module.HOUSE.resolve("THIRD-PARTY.md")).stream()
        .filter(line -> line.startsWith("| ") && line.contains(":"))
        .map(line -> List.of(line.substring(2, line.length() - 2).split(" \\| ")))
        .toList();
  }

  /** A bill of materials lists what comes along, and nothing of the build's or the tests'. */
  @ParameterizedTest
  @MethodSource("packaged")
  void theBillOfMaterialsIsOfWhatIsResolved(Module module) throws IOException {
    Json bom = bom(module);
    assertThat(bom.get("metadata").get("component").get("name").text()).isEqualTo(module.name());
    assertThat(
            bom.get("components").items().stream()
                .map(DependencyTest::name)
                .filter(name -> !name.startsWith("org.pfha:")))
        .containsExactlyInAnyOrderElementsOf(
            module.dependencies().stream()
                .map(dependency -> dependency.artifact() + " " + dependency.version())
                .toList());
  }

  private static Json bom(Module module) throws IOException {
    assumeFalse(
        System.getProperty("pfha.maven").equals("offline=true"),
        "Maven makes no bill of materials when it is offline");
    return Json.parse(module.target().resolve("bom.json"));
  }

  private static String name(Json component) {
    return component.get("group").text()
        + ":"
        + component.get("name").text()
        + " "
        + component.get("version").text();
  }

  private static Set<String> licences(Json component) {
    Set<String> licences = new TreeSet<>();
    if (component.has("licenses")) {
      for (Json choice : component.get("licenses").items()) {
        Json licence = choice.get("license");
        licences.add(licence.get(licence.has("id") ? "id" : "name").text());
      }
    }
    return licences;
  }

  /** What tests, checks and frameworks need stays with them. */
  @ParameterizedTest
  @MethodSource("packaged")
  void neitherAFrameworkNorATestLibraryComesAlong(Module module) {
    assertThat(
            module.dependencies().stream()
                .map(Dependency::artifact)
                .collect(Collectors.joining("\n")))
        .doesNotContainPattern(
            "junit|assertj|archunit|jazzer|mockito|errorprone|nullaway|slf4j|log4j|spring|netty");
  }
}
