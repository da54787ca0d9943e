package org.pfha.configsync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.Sections;

/** Whatever two nodes hold: after a push the peer proves it, and a second push changes nothing. */
class RandomSyncTest {

  @RepeatedTest(20)
  void opaqueSections() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    SectionPair pair = new SectionPair(ConfigStores.inMemory(SectionPair.bytes(sections(random))));
    Set<String> scope = new LinkedHashSet<>();
    for (int i = random.nextInt(8) + 1; i > 0; i--) {
      scope.add("s" + random.nextInt(10));
    }
    pair.primaryWith(builder -> builder.scope(new SyncScope(Set.of(), scope, List.of())));
    ConfigPrimary primary = pair.primary();
    ConfigTree own = sections(random);
    Map<String, byte[]> untouched = Sections.contents(SectionPair.DIALECT.read(pair.store.load()));
    untouched.keySet().removeAll(scope);

    assertThat(primary.apply(primary.plan(own)).verified()).as("seed " + seed).isTrue();
    byte[] once = pair.store.load();
    assertThat(primary.sync(own, List.of(), true).verified()).as("seed " + seed).isTrue();
    assertThat(pair.store.load()).as("seed " + seed).isEqualTo(once);
    assertThat(primary.plan(own).changesNothing()).as("seed " + seed).isTrue();

    Map<String, byte[]> held = Sections.contents(SectionPair.DIALECT.read(once));
    Map<String, byte[]> wanted = Sections.contents(own);
    for (String name : scope) {
      assertThat(held.get(name)).as(name + ", seed " + seed).isEqualTo(wanted.get(name));
    }
    untouched.forEach(
        (name, bytes) -> assertThat(held.get(name)).as(name + ", seed " + seed).isEqualTo(bytes));
  }

  private static ConfigTree sections(Random random) {
    Map<String, byte[]> sections = new LinkedHashMap<>();
    for (int i = random.nextInt(12); i > 0; i--) {
      byte[] bytes = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(200)];
      random.nextBytes(bytes);
      if (random.nextBoolean()) {
        for (int at = 0; at < bytes.length; at++) {
          bytes[at] = (byte) (' ' + (bytes[at] & 63));
        }
      }
      sections.put("s" + random.nextInt(10), bytes);
    }
    return Sections.tree("7", sections);
  }

  /**
   * The invented pair of pfSense, with entries of lists taken away, doubled and moved at random.
   */
  @Test
  void pfSense() throws Exception {
    for (int round = 0; round < 12; round++) {
      long seed = System.nanoTime();
      Random random = new Random(seed);
      ConfigTree own = shuffled(Samples.tree("config-primary.xml"), random);
      ConfigTree theirs = shuffled(Samples.tree("config-secondary.xml"), random);
      ConfigStore store = ConfigStores.inMemory(theirs.toXml());
      ConfigSecondary secondary =
          ConfigSecondary.over(store)
              .credentials("sync", SectionPair.SECRET)
              .areas(SyncArea.all())
              .administrators()
              .build();
      ConfigPrimary primary =
          ConfigPrimary.to("peer")
              .as("sync", SectionPair.SECRET)
              .areas(SyncArea.all())
              .client(SectionPair.client(secondary))
              .build();
      SyncReceipt receipt = primary.sync(own);
      assertThat(receipt.sections())
          .as("seed " + seed)
          .filteredOn(section -> !section.verified())
          .isEmpty();
      byte[] once = store.load();
      assertThat(primary.sync(own, List.of(), true).verified()).as("seed " + seed).isTrue();
      assertThat(new String(store.load(), StandardCharsets.UTF_8))
          .as("seed " + seed)
          .isEqualTo(new String(once, StandardCharsets.UTF_8));
      assertThat(primary.plan(own).diff().toString()).as("seed " + seed).isEmpty();
      assertThat(primary.sync(own).sent()).as("seed " + seed).isFalse();
    }
  }

  private static ConfigTree shuffled(ConfigTree tree, Random random) throws Exception {
    Map<String, ConfigNode> sections = new LinkedHashMap<>(tree.sections().map());
    for (String name :
        List.of("filter", "nat", "aliases", "schedules", "virtualip", "staticroutes", "wol")) {
      ConfigNode section = sections.get(name);
      if (section instanceof Fields fields) {
        sections.put(name, shuffled(fields, random));
      }
    }
    // Through the file: there an emptied section is an empty text.
    return ConfigTree.parse(new ConfigTree(tree.root(), new Fields(sections)).toXml());
  }

  private static Fields shuffled(Fields fields, Random random) {
    Map<String, ConfigNode> result = new LinkedHashMap<>();
    fields
        .map()
        .forEach(
            (name, node) -> {
              if (node instanceof Items items) {
                List<ConfigNode> left = new ArrayList<>(items.list());
                left.removeIf(item -> random.nextInt(4) == 0);
                if (!name.equals("vip")) {
                  Collections.shuffle(left, random);
                }
                if (!left.isEmpty()) { // a file has no empty lists
                  result.put(name, new Items(left));
                }
              } else {
                result.put(name, node);
              }
            });
    return new Fields(result);
  }
}
