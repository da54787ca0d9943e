package org.pfha.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page about fuzzing names every target there is, and everything that takes bytes. */
class FuzzingPageTest {

  private static final Path PAGE = Path.of("..", "docs", "fuzzing.md");

  private static final Set<String> BYTES =
      Set.of(
          "[B",
          "java.nio.ByteBuffer",
          "java.io.InputStream",
          "java.io.Reader",
          "java.nio.file.Path",
          "com.fasterxml.jackson.core.JsonParser",
          "org.pfha.examples.conformance.Json",
          "org.pfha.net.IpPacket",
          "org.pfha.net.sys.NetlinkAttributes",
          "org.pfha.net.sys.NetlinkMessage",
          "org.pfha.pf.device.NvList");

  private static final Pattern READS =
      Pattern.compile(
          "address|answer|check|control|decode|handle|in|ip|link|list|load|node|of|ofBytes|ofNv"
              + "|packet|parse|read|received|rootOf|states|status|take|tree|wrap");

  /** Programs that measure, and the judges of golden data. */
  private static final Pattern NOT_SHIPPED =
      Pattern.compile("org\\.pfha\\.examples\\.(bench|conformance|demo|lab).*");

  private final String page = Files.readString(PAGE);

  FuzzingPageTest() throws IOException {}

  @Test
  void itNamesEveryTargetThereIsAndNoOther() throws IOException {
    Set<String> there = new TreeSet<>();
    for (Path source : sources()) {
      Matcher targets =
          Pattern.compile("@FuzzTest[^{]*?void (\\w+)\\(").matcher(Files.readString(source));
      String type = source.getFileName().toString().replace(".java", "");
      while (targets.find()) {
        there.add(type + "#" + targets.group(1));
      }
    }
    assertThat(there).hasSizeGreaterThan(40);
    assertThat(named("^\\| `(\\w+#\\w+)` \\|")).isEqualTo(there);
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String module : List.of("carp-core", "pfsync-core", "xmlrpc-sync", "examples")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "test", "java"))) {
        files.filter(file -> file.toString().endsWith("FuzzTest.java")).forEach(sources::add);
      }
    }
    return sources;
  }

  @Test
  void itNamesEveryClassThatTakesBytes() {
    Set<String> taking =
        new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("org.pfha")
                .stream()
                .filter(type -> !NOT_SHIPPED.matcher(type.getPackageName()).matches())
                .filter(type -> type.getCodeUnits().stream().anyMatch(FuzzingPageTest::takesBytes))
                .map(FuzzingPageTest::outermost)
                .collect(Collectors.toCollection(TreeSet::new));
    assertThat(taking).contains("IpPacket", "PfsyncReader", "ConfigTree", "NodeConfig");
    assertThat(named("`(\\w+)`")).as("named with a target, or why none").containsAll(taking);
  }

  private static boolean takesBytes(JavaCodeUnit unit) {
    boolean bytes =
        unit.getRawParameterTypes().stream().map(JavaClass::getName).anyMatch(BYTES::contains);
    boolean stream =
        unit.getRawParameterTypes().stream()
            .anyMatch(type -> type.getName().equals("java.io.InputStream"));
    boolean reads = READS.matcher(unit.getName()).matches();
    boolean hidden =
        unit.getModifiers().contains(JavaModifier.PRIVATE)
            || unit.getModifiers().contains(JavaModifier.SYNTHETIC);
    return !hidden && (unit instanceof JavaConstructor ? stream : bytes && reads);
  }

  private static String outermost(JavaClass type) {
    return type.getName().replaceAll(".*\\.|\\$.*", "");
  }

  private Set<String> named(String pattern) {
    return Pattern.compile(pattern, Pattern.MULTILINE)
        .matcher(page)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** A class that is gone stays on no page. */
  @Test
  void whatItNamesIsThere() {
    Set<String> there =
        new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("org.pfha")
                .stream()
                .map(FuzzingPageTest::outermost)
                .collect(Collectors.toSet());
    assertThat(there).containsAll(named("`(\\w+)`"));
  }
}
