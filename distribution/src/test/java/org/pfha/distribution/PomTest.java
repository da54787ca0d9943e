package org.pfha.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** A public repository takes the POMs; who imports the BOM gets pfHA and nothing else. */
class PomTest {

  /** What a public repository demands, its own or its parents'. */
  private static final List<String> DEMANDED =
      List.of(
          "groupId",
          "version",
          "url",
          "inceptionYear",
          "organization/name",
          "licenses/license/name",
          "licenses/license/url",
          "developers/developer/name",
          "developers/developer/organization",
          "scm/connection",
          "scm/developerConnection",
          "scm/url",
          "issueManagement/url");

  /** What says of which module it is: not to be inherited. */
  private static final List<String> DEMANDED_OF_ITSELF =
      List.of("artifactId", "name", "description");

  private static final XPath XPATH = XPathFactory.newInstance().newXPath();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pfha-bom/pom.xml",
        "pom.xml",
        "carp-core/pom.xml",
        "pfsync-core/pom.xml",
        "xmlrpc-sync/pom.xml"
      })
  void isComplete(String pom) throws Exception {
    assertThat(lacking(Module.HOUSE.resolve(pom))).as("missing in " + pom).isEmpty();
  }

  @Test
  void whatIsMissingIsFound() throws Exception {
    assertThat(lacking(Module.CONSUMER.directory().resolve("pom.xml")))
        .contains("url", "licenses/license/name", "developers/developer/name", "scm/connection")
        .doesNotContain("name", "description", "version");
  }

  private static List<String> lacking(Path pom) throws Exception {
    List<String> lacking = new ArrayList<>();
    Document own = parse(pom);
    for (String element : DEMANDED_OF_ITSELF) {
      if (text(own, element).isEmpty()) {
        lacking.add(element);
      }
    }
    for (String element : DEMANDED) {
      Document held = own;
      Path file = pom;
      while (text(held, element).isEmpty() && !text(held, "parent/artifactId").isEmpty()) {
        file = parent(file, held);
        held = parse(file);
      }
      if (text(held, element).isEmpty()) {
        lacking.add(element);
      }
    }
    return lacking;
  }

  private static Path parent(Path file, Document pom) throws Exception {
    String path = text(pom, "parent/relativePath");
    return file.resolveSibling(path.isEmpty() ? "../pom.xml" : path).normalize();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pom.xml",
        "carp-core/pom.xml",
        "pfsync-core/pom.xml",
        "xmlrpc-sync/pom.xml",
        "examples/pom.xml",
        "distribution/pom.xml"
      })
  void hasTheOneVersion(String pom) throws Exception {
    assertThat(text(parse(Module.HOUSE.resolve(pom)), "parent/version")).isEqualTo(Module.VERSION);
  }

  @Test
  void theBomManagesTheModulesThatArePublishedAndNothingElse() throws Exception {
    Document bom = parse(Module.HOUSE.resolve("pfha-bom/pom.xml"));
    assertThat(text(bom, "version")).isEqualTo(Module.VERSION);
    assertThat(text(bom, "parent/artifactId")).isEmpty();
    assertThat(texts(bom, "dependencyManagement/dependencies/dependency/artifactId"))
        .containsExactlyElementsOf(Module.LIBRARIES.stream().map(Module::name).toList());
    assertThat(texts(bom, "dependencyManagement/dependencies/dependency/groupId"))
        .containsOnly("org.pfha");
    assertThat(texts(bom, "dependencyManagement/dependencies/dependency/version"))
        .containsOnly("${project.version}");
  }

  /** The versions of the consumer's dependencies come from the BOM, and are the right ones. */
  @Test
  void theConsumerGetsItsVersionsFromTheBom() throws Exception {
    Document pom = parse(Module.CONSUMER.directory().resolve("pom.xml"));
    assertThat(text(pom, "parent/artifactId")).isEmpty();
    assertThat(texts(pom, "dependencyManagement//artifactId")).containsExactly("pfha-bom");
    assertThat(texts(pom, "dependencies/dependency/version")).isEmpty();
    assertThat(Module.CONSUMER.runtime())
        .map(path -> path.getFileName().toString())
        .contains(
            "carp-core-" + Module.VERSION + ".jar",
            "pfsync-core-" + Module.VERSION + ".jar",
            "xmlrpc-sync-" + Module.VERSION + ".jar");
  }

  private static Document parse(Path file) throws Exception {
    return DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder().parse(file.toFile());
  }

  private static String text(Document pom, String element) throws Exception {
    return XPATH.evaluate("/project/" + element, pom).strip();
  }

  private static List<String> texts(Document pom, String element) throws Exception {
    var nodes = (NodeList) XPATH.evaluate("/project/" + element, pom, XPathConstants.NODESET);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      texts.add(nodes.item(i).getTextContent().strip());
    }
    return texts;
  }
}
