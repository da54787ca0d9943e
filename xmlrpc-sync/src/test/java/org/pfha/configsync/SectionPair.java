package org.pfha.configsync;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.Effect;
import org.pfha.configsync.dialect.Sections;
import org.pfha.configsync.rpc.RpcClient;

/** A primary and a secondary of a product with opaque sections, in memory, in virtual time. */
final class SectionPair {
  static final char[] SECRET = "s3cret".toCharArray();
  static final Sections DIALECT = new Sections("acme");

  final Samples.VirtualClock clock = new Samples.VirtualClock();
  final List<Effect> effects = new ArrayList<>();
  final List<SecondaryReport> reports = new ArrayList<>();
  final ConfigStore store;

  private UnaryOperator<ConfigSecondary.Builder> secondary = builder -> builder;
  private UnaryOperator<ConfigPrimaryBuilder> primary = builder -> builder;

  SectionPair(String... sections) {
    this(ConfigStores.inMemory(bytes(tree(sections))));
  }

  SectionPair(ConfigStore store) {
    this.store = store;
  }

  static ConfigTree tree(String... namesAndTexts) {
    Map<String, byte[]> sections = new LinkedHashMap<>();
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      sections.put(namesAndTexts[i], namesAndTexts[i + 1].getBytes(StandardCharsets.UTF_8));
    }
    return Sections.tree("7", sections);
  }

  static byte[] bytes(ConfigTree tree) {
    try {
      return DIALECT.write(tree);
    } catch (ConfigFormatException e) {
      throw new IllegalArgumentException(e);
    }
  }

  SectionPair secondaryWith(UnaryOperator<ConfigSecondary.Builder> options) {
    secondary = options;
    return this;
  }

  SectionPair primaryWith(UnaryOperator<ConfigPrimaryBuilder> options) {
    primary = options;
    return this;
  }

  ConfigSecondary secondary() {
    return secondary
        .apply(
            ConfigSecondary.over(store)
                .dialect(DIALECT)
                .node("b")
                .credentials("sync", SECRET)
                .scope(SyncScope.sections(Sections.ALL))
                .onEffect((effect, config) -> effects.add(effect))
                .onReport(reports::add)
                .clock(clock))
        .build();
  }

  ConfigPrimary primary(RpcClient client) {
    return primary
        .apply(
            ConfigPrimary.to("peer-b")
                .dialect(DIALECT)
                .node("a")
                .as("sync", SECRET)
                .scope(SyncScope.sections("rules", "nat"))
                .client(client)
                .random(() -> 0)
                .clock(clock))
        .build();
  }

  ConfigPrimary primary() throws IOException {
    return primary(client(secondary()));
  }

  static RpcClient client(ConfigSecondary secondary) throws IOException {
    return RpcClient.inMemory(secondary.server(), InetAddress.getByName("192.0.2.1"));
  }

  /** What the secondary holds, as texts. */
  Map<String, String> held() throws Exception {
    Map<String, String> texts = new LinkedHashMap<>();
    Sections.contents(DIALECT.read(store.load()))
        .forEach((name, content) -> texts.put(name, new String(content, StandardCharsets.UTF_8)));
    return texts;
  }

  void change(String... namesAndTexts) throws IOException {
    store.save(bytes(tree(namesAndTexts)));
  }
}
