package org.pfha.configsync.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;
import org.pfha.configsync.config.ConfigNode.Text;

final class ConfigDigestTest {
  /** Nodes of two releases compare digests: SHA-256 of {1:a1:b1:c[1:xe]}. */
  @Test
  void theDigestIsOfLengthsAndTextsInTheOrderOfNames() {
    Fields node =
        Fields.NONE
            .with("c", new Items(List.of(new Text("x"), Text.EMPTY)))
            .with("none", new Items(List.of()))
            .with("a", new Text("b"));
    assertThat(ConfigTree.digest(node))
        .isEqualTo("0313407eab529390d765f4014fd22c6b38447165d5c3dc6c2c421232c73cf0b3")
        .isEqualTo(ConfigTree.digest(node));
  }

  /** Longer than what is hashed together, and all tables of one shape. */
  @Test
  void longTextsAndManyTablesAreHashedWhole() {
    List<ConfigNode> rules = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      rules.add(Fields.NONE.with("b", new Text("x" + i)).with("a", new Text("é".repeat(i % 97))));
    }
    String whole = ConfigTree.digest(new Items(rules));
    rules.set(1_999, Fields.NONE.with("b", new Text("y")));
    assertThat(ConfigTree.digest(new Items(rules))).isNotEqualTo(whole);
    assertThat(ConfigTree.digest(new Text("z".repeat(20_000))))
        .isNotEqualTo(ConfigTree.digest(new Text("z".repeat(20_001))));
  }

  @Test
  void twoElementsAreTheSameExactlyWhenTheirDigestsAre() {
    Text x = new Text("x");
    Items none = new Items(List.of());
    List<ConfigNode> nodes =
        List.of(
            x,
            Text.EMPTY,
            Fields.NONE,
            none,
            new Items(List.of(x)),
            new Items(List.of(x, Text.EMPTY)),
            new Items(List.of(Text.EMPTY, x)),
            new Items(List.of(Text.EMPTY)),
            Fields.NONE.with("a", x),
            Fields.NONE.with("b", x),
            Fields.NONE.with("a", none),
            Fields.NONE.with("a", Text.EMPTY),
            Fields.NONE.with("a", Fields.NONE),
            new Fields(map("a", x, "b", Text.EMPTY)),
            new Fields(map("b", Fields.NONE, "a", x)),
            new Fields(map("a", x, "b", none)),
            new Fields(map("b", x, "a", new Items(List.of(x)))),
            new Fields(map("a", new Items(List.of(x)), "b", x)));
    for (ConfigNode a : nodes) {
      for (ConfigNode b : nodes) {
        assertThat(ConfigTree.same(a, b))
            .as("%s and %s", a, b)
            .isEqualTo(ConfigTree.digest(a).equals(ConfigTree.digest(b)));
      }
    }
  }

  private static Map<String, ConfigNode> map(String a, ConfigNode one, String b, ConfigNode two) {
    Map<String, ConfigNode> map = new LinkedHashMap<>();
    map.put(a, one);
    map.put(b, two);
    return map;
  }
}
