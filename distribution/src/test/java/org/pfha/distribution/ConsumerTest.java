package org.pfha.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A product of somebody else's, in processes of its own: as a named module, and from the class path
 * on a JDK that has only the modules that docs/dependencies.md names.
 */
class ConsumerTest {

  private static final String MAIN = "com.example.firewall.Main";
  private static final String NATIVE = "com.example.firewall.Native";
  private static final String WORKS = "carp, pfsync and configuration sync work\n";
  private static final Path PAGE = Page.DEPENDENCIES.file();

  /** So that what is printed beside the result is the JDK's complaint. */
  private static final String QUIET = "logging.properties";

  @TempDir private static Path directory;

  private static Path fullJdk;
  private static Path linkedJdk;
  private static Set<String> linkedModules;

  @BeforeAll
  static void linksAJdk() throws Exception {
    Files.writeString(directory.resolve(QUIET), ".level = OFF\n");
    fullJdk = Path.of(System.getProperty("java.home"));
    linkedJdk = directory.resolve("jdk");
    Matcher command =
        Pattern.compile("jlink --add-modules ([a-z.,]+) --output").matcher(Files.readString(PAGE));
    assertThat(command.find()).as("the jlink command in " + PAGE).isTrue();
    linkedModules = new TreeSet<>(List.of(command.group(1).split(",")));
    Run linked =
        Run.of(
            fullJdk.resolve("bin/jlink"),
            "--add-modules",
            command.group(1),
            "--output",
            linkedJdk.toString());
    assertThat(linked.status).as(linked.toString()).isZero();
  }

  /** No flag at all: neither opened packages nor native access, for the simulated network. */
  @Test
  void worksAsANamedModule() throws Exception {
    Run run =
        Run.of(
            fullJdk.resolve("bin/java"),
            "--module-path",
            path(),
            "--module",
            "com.example.firewall/" + MAIN);
    assertThat(run).isEqualTo(new Run(0, WORKS, ""));
  }

  @Test
  void worksAsANamedModuleOnALinkedJdk() throws Exception {
    Run run =
        Run.of(
            linkedJdk.resolve("bin/java"),
            "--module-path",
            path(),
            "--module",
            "com.example.firewall/" + MAIN);
    assertThat(run).isEqualTo(new Run(0, WORKS, ""));
  }

  @Test
  void worksFromTheClassPathOfALinkedJdk() throws Exception {
    Run run = Run.of(linkedJdk.resolve("bin/java"), "--class-path", path(), MAIN);
    assertThat(run).isEqualTo(new Run(0, WORKS, ""));
  }

  @Test
  void worksFromTheClassPathWithoutWhatOnlySystemCallsNeed() throws Exception {
    String light =
        Stream.of(path().split(File.pathSeparator, -1))
            .filter(jar -> !jar.matches(".*/(jna|jspecify)-[^/]*"))
            .collect(Collectors.joining(File.pathSeparator));
    assertThat(light.length()).isLessThan(path().length());
    Run run = Run.of(linkedJdk.resolve("bin/java"), "--class-path", light, MAIN);
    assertThat(run).isEqualTo(new Run(0, WORKS, ""));
  }

  /** By the flag that the page names; without it newer JDKs warn. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @EnabledOnOs({OS.LINUX, OS.FREEBSD})
  void callsTheSystem(boolean asModule) throws Exception {
    List<String> arguments = new ArrayList<>();
    if (Runtime.version().feature() >= 22) {
      arguments.add("--enable-native-access=" + (asModule ? "com.sun.jna" : "ALL-UNNAMED"));
    }
    arguments.addAll(
        asModule
            ? List.of("--module-path", path(), "--module", "com.example.firewall/" + NATIVE)
            : List.of("--class-path", path(), NATIVE));
    Run run = Run.of(linkedJdk.resolve("bin/java"), arguments.toArray(String[]::new));
    assertThat(run).isEqualTo(new Run(0, "system calls work\n", ""));
    arguments.stream()
        .filter(argument -> argument.startsWith("--enable"))
        .forEach(flag -> assertThat(PAGE).content().contains(flag));
  }

  @Test
  void theDemoWorksOnALinkedJdk() throws Exception {
    Path jar = Module.EXAMPLES.target().resolve("pfha.jar").toAbsolutePath();
    Run run = Run.of(linkedJdk.resolve("bin/java"), "-jar", jar.toString(), "demo");
    assertThat(run.status).as(run.toString()).isZero();
  }

  @Test
  void theLinkedJdkHasNothingElse() throws Exception {
    Run run = Run.of(linkedJdk.resolve("bin/java"), "--list-modules");
    assertThat(run.output.lines().map(line -> line.replaceFirst("@.*", "")))
        .containsAll(linkedModules)
        .doesNotContain("java.desktop", "java.compiler", "jdk.compiler");
  }

  /** What the bytes of our own jars refer to, so that no module is forgotten on the page. */
  @Test
  void thePageNamesEachModuleOfTheJdkThatOurClassesNeed() {
    Set<String> needed = new TreeSet<>();
    for (Module module : Module.LIBRARIES) {
      needed.addAll(needed(module));
    }
    needed.addAll(needed(Module.EXAMPLES));
    needed.remove("java.base");
    assertThat(linkedModules).containsAll(needed);
  }

  private static Set<String> needed(Module module) {
    StringWriter printed = new StringWriter();
    ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
    int status =
        jdeps.run(
            new PrintWriter(printed),
            new PrintWriter(printed),
            "--multi-release",
            "17",
            "--ignore-missing-deps",
            "--print-module-deps",
            "--module-path",
            module.runtime().stream()
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator)),
            module.jar().toString());
    assertThat(status).as(printed.toString()).isZero();
    return Stream.of(printed.toString().strip().split(","))
        .filter(name -> name.startsWith("java.") || name.startsWith("jdk."))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String path() {
    return Stream.concat(Stream.of(Module.CONSUMER.jar()), Module.CONSUMER.runtime().stream())
        .map(jar -> jar.toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** How a process ended. */
  private record Run(int status, String output, String errors) {

    static Run of(Path program, String... arguments) throws IOException, InterruptedException {
      List<String> command = new ArrayList<>(List.of(program.toString()));
      if (program.endsWith("java")) {
        command.add("-Djava.util.logging.config.file=" + QUIET);
      }
      command.addAll(Arrays.asList(arguments));
      Path output = Files.createTempFile(directory, "output", "");
      Path errors = Files.createTempFile(directory, "errors", "");
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().remove("JAVA_TOOL_OPTIONS");
      builder.environment().remove("JDK_JAVA_OPTIONS");
      Process process =
          builder
              .directory(directory.toFile())
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile())
              .start();
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        process.destroyForcibly().waitFor();
        throw new IOException(command + " did not end: " + Files.readString(output));
      }
      return new Run(process.exitValue(), Files.readString(output), Files.readString(errors));
    }
  }
}
