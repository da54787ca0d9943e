package org.pfha.configsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.configsync.dialect.Dialect;
import org.pfha.configsync.dialect.OpnSense;
import org.pfha.configsync.dialect.PfSense;
import org.pfha.configsync.dialect.PhpData;
import org.pfha.configsync.rpc.XmlRpc;

/** Calls of an authenticated primary that would break the file, or the node: refused as a whole. */
class HostileCallTest {

  enum Product {
    PFSENSE("config-secondary.xml", "pfsense.restore_config_section"),
    OPNSENSE("opnsense-config-secondary.xml", "opnsense.restore_config_section");

    final String file;
    final String method;

    Product(String file, String method) {
      this.file = file;
      this.method = method;
    }

    Dialect dialect() {
      return this == PFSENSE ? new PfSense() : new OpnSense();
    }
  }

  /** Refused with a fault, nothing stored, nothing applied, and the file can still be read. */
  private static void assertRefused(Product product, Map<String, ?> sections) throws Exception {
    ConfigStore store = ConfigStores.inMemory(Samples.bytes(product.file));
    ConfigSecondary secondary =
        ConfigSecondary.over(store)
            .dialect(product.dialect())
            .credentials("sync", SectionPair.SECRET)
            .areas(SyncArea.all())
            .onEffect(
                (effect, config) -> {
                  throw new AssertionError("applied " + effect);
                })
            .build();
    byte[] call = XmlRpc.encodeCall(product.method, sections, 900);
    String answer =
        new String(
            Samples.exchange(secondary.server(), "sync", SectionPair.SECRET, call),
            StandardCharsets.UTF_8);
    assertThat(answer).as(sections.toString()).contains("-32602");
    assertThat(store.load()).isEqualTo(Samples.bytes(product.file));
  }

  /** Attack 10: the products write such names, and cannot read their own file afterwards. */
  @ParameterizedTest
  @EnumSource(Product.class)
  void namesThatBreakTheFileAreRefused(Product product) throws Exception {
    for (String name :
        List.of("bad name <x>", "a/b", "..", "", "1a", "a>b", "é", "a\nb", "x".repeat(200), "&")) {
      assertRefused(product, Map.of("filter", Map.of("rule", List.of(Map.of(name, "1")))));
      assertRefused(product, Map.of("filter", Map.of(name, "1")));
      assertRefused(product, Map.of(name, Map.of("a", "1")));
    }
  }

  /** Attack 11: names of sections are names, not paths. */
  @ParameterizedTest
  @ValueSource(strings = {"system/user", "../system", "system.user", "filter/rule", "Filter", "/"})
  void pathsAreNoSections(String name) throws Exception {
    assertRefused(Product.PFSENSE, Map.of(name, Map.of("a", "1")));
  }

  /** Attack 12: a shape that is none wipes the section in the products. */
  @Test
  void wrongShapesAreRefused() throws Exception {
    for (Map<String, ?> call :
        List.of(
            Map.of("system", "5"),
            Map.of("filter", "x"),
            Map.of("virtualip", 7),
            Map.of("filter", Map.of("rule", Map.of("type", "pass"))),
            Map.of("aliases", Map.of("alias", "x")),
            Map.of("filter", List.of(Map.of("rule", "x"))),
            Map.of("filter", Map.of("separator", List.of("no list can be here"))))) {
      assertRefused(Product.PFSENSE, call);
    }
    assertRefused(Product.OPNSENSE, Map.of("filter", "x"));
    assertRefused(Product.OPNSENSE, Map.of("virtualip", "7"));
  }

  private static Map<String, Object> alias(String id, String on) {
    Map<String, Object> vip = new LinkedHashMap<>();
    vip.put("mode", "ipalias");
    vip.put("interface", on);
    vip.put("uniqid", id);
    vip.put("subnet", "192.0.2." + id.length());
    vip.put("subnet_bits", "32");
    return vip;
  }

  /** Attack 24: it sends the product into endless recursion after it stored it. */
  @Test
  void addressesThatReferToThemselvesAreRefused() throws Exception {
    for (List<?> vips :
        List.of(
            List.of(alias("a", "_vipa")),
            List.of(alias("a", "_vipbb"), alias("bb", "_vipa")),
            List.of(alias("a", "_vipbb"), alias("bb", "_vipccc"), alias("ccc", "_vipa")))) {
      assertRefused(Product.PFSENSE, Map.of("virtualip", Map.of("vip", vips)));
    }
  }

  /** Attack 5: objects, references and lengths that lie are no portal data. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "O:8:\"stdClass\":0:{}",
        "C:3:\"Foo\":2:{{}}",
        "a:1:{i:0;O:1:\"A\":0:{}}",
        "a:2:{i:0;i:1;i:1;R:2;}",
        "r:1;",
        "E:3:\"A:B\";",
        "s:999999999:\"x\";",
        "s:-1:\"\";",
        "a:999999999:{}",
        "a:1:{a:0:{}i:1;}",
        "i:99999999999999999999999;",
        "b:2;",
        "d:INF",
        "i:1;i:2;",
        "a:1:{i:0;",
        ""
      })
  void serialisedObjectsAreRefused(String data) {
    assertThatThrownBy(() -> PhpData.read(data.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(PhpData.MalformedException.class);
  }

  @Test
  void serialisedArraysNestedWithoutEndAreRefused() {
    String deep = "a:1:{i:0;".repeat(100_000);
    assertThatThrownBy(() -> PhpData.read(deep.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(PhpData.MalformedException.class);
  }
}
