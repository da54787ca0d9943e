package org.pfha.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Each library comes with its sources, its pages and its licence; the command line with everyone's.
 */
class JarTest {

  private static final Path COMMAND_LINE = Module.EXAMPLES.target().resolve("pfha.jar");
  private static final Pattern LINK = Pattern.compile("href=\"(\\.\\./[^\"#]*)");

  @ParameterizedTest
  @FieldSource("org.pfha.distribution.Module#LIBRARIES")
  void carriesVersionAndLicence(Module module) throws IOException {
    try (JarFile jar = new JarFile(module.jar().toFile())) {
      assertThat(names(jar)).contains("module-info.class").noneMatch(n -> n.contains("versions/"));
      assertCarriesLicence(jar);
      Attributes manifest = jar.getManifest().getMainAttributes();
      assertThat(manifest.getValue("Implementation-Version")).isEqualTo(Module.VERSION);
      assertThat(manifest.getValue("Implementation-Title")).isEqualTo("pfHA " + module.name());
      assertThat(manifest.getValue("Implementation-Vendor")).isEqualTo("The pfHA developers");
      assertThat(manifest.getValue("Multi-Release")).isNull();
    }
  }

  @ParameterizedTest
  @FieldSource("org.pfha.distribution.Module#LIBRARIES")
  void sourcesAreThereForEachClass(Module module) throws IOException {
    try (JarFile jar = new JarFile(module.jar().toFile());
        JarFile sources = new JarFile(module.packaged("-sources").toFile())) {
      assertCarriesLicence(sources);
      assertThat(names(sources))
          .containsAll(
              names(jar).stream()
                  .filter(name -> name.endsWith(".class") && !name.contains("$"))
                  .map(name -> name.replace(".class", ".java"))
                  .toList());
    }
  }

  @ParameterizedTest
  @FieldSource("org.pfha.distribution.Module#LIBRARIES")
  void javadocIsThereForEachExportedPackage(Module module) throws IOException {
    assumeJavadoc();
    try (JarFile javadoc = new JarFile(module.packaged("-javadoc").toFile())) {
      assertCarriesLicence(javadoc);
      String elements = text(javadoc, "element-list");
      assertThat(elements.lines().filter(line -> !line.startsWith("module:")))
          .containsExactlyInAnyOrderElementsOf(ApiListing.exported(module.jar()));
    }
  }

  /** The pages of the libraries, unpacked side by side, know each other. */
  @Test
  void javadocLinksFromModuleToModule() throws IOException {
    assumeJavadoc();
    Set<String> carp = new TreeSet<>();
    try (JarFile javadoc = new JarFile(new Module("carp-core").packaged("-javadoc").toFile())) {
      carp.addAll(names(javadoc));
    }
    Set<String> linked = new TreeSet<>();
    try (JarFile javadoc = new JarFile(new Module("pfsync-core").packaged("-javadoc").toFile())) {
      for (String page : names(javadoc)) {
        if (page.endsWith(".html")) {
          Matcher link = LINK.matcher(text(javadoc, page));
          while (link.find()) {
            Path target = Path.of("pfsync-core", page).resolveSibling(link.group(1)).normalize();
            if (!target.startsWith("pfsync-core")) {
              assertThat(target.toString()).as(page).startsWith("carp-core/");
              linked.add(target.toString().substring("carp-core/".length()));
            }
          }
        }
      }
    }
    assertThat(linked).contains("org.pfha.carp/org/pfha/net/IpTransport.html");
    assertThat(carp).containsAll(linked);
  }

  private static void assumeJavadoc() {
    assumeFalse(
        Boolean.getBoolean("pfha.javadoc.skip"), "this build was asked to leave the Javadoc");
  }

  @Test
  void theCommandLineHoldsEachClassOnceAndNoModule() throws IOException {
    try (JarFile jar = new JarFile(COMMAND_LINE.toFile())) {
      List<String> names = jar.stream().map(ZipEntry::getName).toList();
      assertThat(names).doesNotHaveDuplicates();
      assertThat(names)
          .noneMatch(name -> name.endsWith("module-info.class"))
          .noneMatch(name -> name.matches("META-INF/[^/]*\\.(SF|DSA|RSA|EC)"))
          .noneMatch(name -> name.startsWith("META-INF/maven/"));
      Attributes manifest = jar.getManifest().getMainAttributes();
      assertThat(manifest.getValue("Main-Class")).isEqualTo("org.pfha.examples.Pfha");
      assertThat(manifest.getValue("Implementation-Version")).isEqualTo(Module.VERSION);
      assertThat(manifest.getValue("Enable-Native-Access")).isEqualTo("ALL-UNNAMED");
    }
  }

  @Test
  void theCommandLineCarriesEveryonesLicence() throws IOException {
    try (JarFile jar = new JarFile(COMMAND_LINE.toFile())) {
      assertCarriesLicence(jar);
      assertThat(text(jar, "META-INF/THIRD-PARTY.md")).isEqualTo(house("THIRD-PARTY.md"));
      try (var licences = Files.list(Module.HOUSE.resolve("licenses"))) {
        for (Path licence : licences.toList()) {
          assertThat(text(jar, "META-INF/licenses/" + licence.getFileName()))
              .isEqualTo(Files.readString(licence));
        }
      }
      assertThat(names(jar))
          .contains("META-INF/FastDoubleParser-LICENSE", "META-INF/thirdparty-LICENSE");
    }
  }

  private static void assertCarriesLicence(JarFile jar) throws IOException {
    assertThat(text(jar, "META-INF/LICENSE")).isEqualTo(house("LICENSE"));
    assertThat(text(jar, "META-INF/NOTICE")).isEqualTo(house("NOTICE"));
  }

  private static String house(String file) throws IOException {
    return Files.readString(Module.HOUSE.resolve(file));
  }

  private static Set<String> names(JarFile jar) {
    return new TreeSet<>(jar.stream().map(ZipEntry::getName).toList());
  }

  private static String text(JarFile jar, String name) throws IOException {
    ZipEntry entry = jar.getEntry(name);
    assertThat(entry).as(name + " in " + jar.getName()).isNotNull();
    try (InputStream in = jar.getInputStream(entry)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
