package org.pfha.configsync.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;

/** One pass over a tree. Confined to one thread. */
final class ConfigDigest {
  private final MessageDigest sha;

  private ConfigDigest(MessageDigest sha) {
    this.sha = sha;
  }

  static String of(ConfigNode node) {
    try {
      ConfigDigest digest = new ConfigDigest(MessageDigest.getInstance("SHA-256"));
      digest.update(node);
      return HexFormat.of().formatHex(digest.sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private void update(ConfigNode node) {
    if (node.isBlank()) {
      sha.update((byte) 'e'); // the file does not tell them apart
    } else if (node instanceof ConfigNode.Fields fields) {
      sha.update((byte) '{');
      Map<String, ConfigNode> map = fields.map();
      String[] names = map.keySet().toArray(String[]::new);
      Arrays.sort(names);
      for (String name : names) {
        update(name);
        update(fields.at(name));
      }
      sha.update((byte) '}');
    } else if (node instanceof ConfigNode.Items items) {
      sha.update((byte) '[');
      items.list().forEach(this::update);
      sha.update((byte) ']');
    } else {
      update(node.text());
    }
  }

  private void update(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    sha.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
    sha.update(bytes);
  }
}
