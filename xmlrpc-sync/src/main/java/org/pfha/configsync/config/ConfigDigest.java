package org.pfha.configsync.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;
import org.pfha.configsync.config.ConfigNode.Text;

/**
 * When two elements say the same, and the digest that says so: whatever a file does not tell apart
 * is the same, names come in any order, lists in theirs. One pass. Confined to one thread.
 */
final class ConfigDigest {
  private static final int MAX_KNOWN = 1_024;

  private final MessageDigest sha;
  private final byte[] pending = new byte[1 << 13]; // hashed together: most texts are short
  private int used;
  private final Map<List<String>, int[]> orders = new HashMap<>();

  private ConfigDigest(MessageDigest sha) {
    this.sha = sha;
  }

  static String of(ConfigNode node) {
    return node instanceof Fields fields ? FieldMap.copyOf(fields.map()).digest(node) : hash(node);
  }

  static String hash(ConfigNode node) {
    try {
      ConfigDigest digest = new ConfigDigest(MessageDigest.getInstance("SHA-256"));
      digest.update(node);
      digest.sha.update(digest.pending, 0, digest.used);
      return HexFormat.of().formatHex(digest.sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Whether the digests are equal, found out without them. */
  static boolean same(ConfigNode a, ConfigNode b) {
    if (a == b) {
      return true;
    }
    if (a.isBlank() || b.isBlank()) {
      return a.isBlank() && b.isBlank();
    }
    if (a instanceof Fields older && b instanceof Fields newer) {
      return same(FieldMap.copyOf(older.map()), FieldMap.copyOf(newer.map()));
    }
    if (a instanceof Items older && b instanceof Items newer) {
      return same(older.list(), newer.list());
    }
    return a instanceof Text && b instanceof Text && a.text().equals(b.text());
  }

  private static boolean same(List<ConfigNode> a, List<ConfigNode> b) {
    boolean same = a.size() == b.size();
    for (int i = 0; same && i < a.size(); i++) {
      same = same(a.get(i), b.get(i));
    }
    return same;
  }

  private static boolean same(FieldMap a, FieldMap b) {
    int both = 0;
    for (int i = 0; i < a.size(); i++) {
      ConfigNode mine = a.node(i);
      if (!mine.isEmptyList()) {
        ConfigNode other = b.get(a.name(i), i);
        if (other == null || other.isEmptyList() || !same(mine, other)) {
          return false;
        }
        both++;
      }
    }
    for (int i = 0; i < b.size(); i++) {
      both -= b.node(i).isEmptyList() ? 0 : 1;
    }
    return both == 0;
  }

  private void update(ConfigNode node) {
    if (node.isBlank()) {
      put('e'); // the file does not tell them apart
    } else if (node instanceof Fields fields) {
      put('{');
      FieldMap map = FieldMap.copyOf(fields.map());
      for (int at : order(map)) {
        if (!map.node(at).isEmptyList()) {
          update(map.name(at));
          update(map.node(at));
        }
      }
      put('}');
    } else if (node instanceof Items items) {
      put('[');
      items.list().forEach(this::update);
      put(']');
    } else {
      update(node.text());
    }
  }

  /** Where the names are by the alphabet; thousands of tables have the same ones. */
  private int[] order(FieldMap map) {
    int[] known = orders.get(map.names());
    if (known == null) {
      known =
          IntStream.range(0, map.size())
              .boxed()
              .sorted(Comparator.comparing(map::name))
              .mapToInt(Integer::intValue)
              .toArray();
      if (orders.size() < MAX_KNOWN) {
        orders.put(map.names(), known);
      }
    }
    return known;
  }

  private void update(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digits(bytes.length);
    put(':');
    if (bytes.length > pending.length) {
      flush();
      sha.update(bytes);
      return;
    }
    if (bytes.length > pending.length - used) {
      flush();
    }
    System.arraycopy(bytes, 0, pending, used, bytes.length);
    used += bytes.length;
  }

  private void digits(int number) {
    if (number >= 10) {
      digits(number / 10);
    }
    put((char) ('0' + number % 10));
  }

  private void put(char ascii) {
    if (used == pending.length) {
      flush();
    }
    pending[used++] = (byte) ascii;
  }

  private void flush() {
    sha.update(pending, 0, used);
    used = 0;
  }
}
