package org.pfha.configsync.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A whole configuration: the root name and its sections. Immutable. Source: spec section 5.1.
 *
 * @param root the root element, {@code pfsense}
 * @param sections the first-level elements in file order
 */
public record ConfigTree(String root, ConfigNode.Fields sections) {

  /**
   * Reads a file.
   *
   * @param xml the bytes of {@code config.xml}
   * @return the tree
   * @throws ConfigFormatException when the product itself would refuse the file, or it is hostile
   */
  public static ConfigTree parse(byte[] xml) throws ConfigFormatException {
    return ConfigXml.read(xml);
  }

  /**
   * The file as the product writes it.
   *
   * @return UTF-8 bytes
   * @throws ConfigFormatException when a name or a character cannot be written
   */
  public byte[] toXml() throws ConfigFormatException {
    return ConfigXml.write(this);
  }

  /**
   * The configuration revision that both nodes must share.
   *
   * @return the text of {@code version}, empty when missing
   */
  public String version() {
    return sections.at("version").text();
  }

  /**
   * One section.
   *
   * @param name a first-level name
   * @return the section, the empty text when missing
   */
  public ConfigNode section(String name) {
    return sections.at(name);
  }

  /**
   * A copy with one section replaced.
   *
   * @param name a first-level name
   * @param node the new content
   * @return the copy
   */
  public ConfigTree with(String name, ConfigNode node) {
    return new ConfigTree(root, sections.with(name, node));
  }

  /**
   * A digest of everything but {@code revision} and {@code lastchange}: two nodes with the same
   * content have the same digest, however their files are laid out.
   *
   * @return SHA-256, lower-case hex
   */
  public String digest() {
    return digest(sections.without("revision", "lastchange"));
  }

  /**
   * The digest of one element: independent of white space and of the order of names, dependent on
   * the order of lists.
   *
   * @param node any element
   * @return SHA-256, lower-case hex
   */
  public static String digest(ConfigNode node) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      update(sha, node);
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static void update(MessageDigest sha, ConfigNode node) {
    if (node.isEmptyTable() || node.equals(ConfigNode.Text.EMPTY)) {
      sha.update((byte) 'e'); // the file does not tell them apart
    } else if (node instanceof ConfigNode.Fields fields) {
      sha.update((byte) '{');
      new TreeMap<>(fields.map())
          .forEach(
              (name, child) -> {
                update(sha, name);
                update(sha, child);
              });
      sha.update((byte) '}');
    } else if (node instanceof ConfigNode.Items items) {
      sha.update((byte) '[');
      items.list().forEach(child -> update(sha, child));
      sha.update((byte) ']');
    } else {
      update(sha, node.text());
    }
  }

  private static void update(MessageDigest sha, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    sha.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
    sha.update(bytes);
  }

  /**
   * What differs from another tree, one line per element, without any value: values may be secrets.
   *
   * @param other the newer tree
   * @return lines like {@code ~ filter/rule/2/descr}, {@code + aliases}, {@code - wol}
   */
  public List<String> diff(ConfigTree other) {
    List<String> lines = new ArrayList<>();
    diff("", sections, other.sections, lines);
    return lines;
  }

  private static void diff(String path, ConfigNode a, ConfigNode b, List<String> lines) {
    if (digest(a).equals(digest(b))) {
      return;
    }
    boolean tables = !(a instanceof ConfigNode.Text) && !(b instanceof ConfigNode.Text);
    if (!tables || a.getClass() != b.getClass()) {
      lines.add("~ " + path);
      return;
    }
    Map<String, ConfigNode> left = named(a);
    Map<String, ConfigNode> right = named(b);
    TreeSet<String> names = new TreeSet<>(left.keySet());
    names.addAll(right.keySet());
    for (String name : names) {
      String child = path.isEmpty() ? name : path + "/" + name;
      ConfigNode x = left.get(name);
      ConfigNode y = right.get(name);
      if (x == null) {
        lines.add("+ " + child);
      } else if (y == null) {
        lines.add("- " + child);
      } else {
        diff(child, x, y, lines);
      }
    }
  }

  private static Map<String, ConfigNode> named(ConfigNode node) {
    if (node instanceof ConfigNode.Items items) {
      Map<String, ConfigNode> map = new TreeMap<>();
      for (int i = 0; i < items.list().size(); i++) {
        map.put(Integer.toString(i), items.list().get(i));
      }
      return map;
    }
    return node.fields().map();
  }

  /** Names only: a configuration is full of secrets. */
  @Override
  public String toString() {
    return root + " " + version() + " " + sections.map().keySet();
  }
}
