package org.pfha.configsync.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A whole configuration: the root name and its sections. Immutable. Source: spec section 5.
 *
 * @param root the root element, {@code pfsense} or {@code opnsense}
 * @param sections the first-level elements in file order
 */
public record ConfigTree(String root, ConfigNode.Fields sections) {

  /**
   * Reads a file of either product; the root element says which.
   *
   * @param xml the bytes of {@code config.xml}
   * @return the tree
   * @throws ConfigFormatException when the product itself would refuse the file, or it is hostile
   */
  public static ConfigTree parse(byte[] xml) throws ConfigFormatException {
    return ConfigFormat.of(TreeHandler.rootOf(xml)).read(xml);
  }

  /**
   * The product's way to read and write.
   *
   * @return by the root element
   * @throws ConfigFormatException when the root is of neither product
   */
  public ConfigFormat format() throws ConfigFormatException {
    return ConfigFormat.of(root);
  }

  /**
   * The file as the product writes it.
   *
   * @return UTF-8 bytes
   * @throws ConfigFormatException when a name or a character cannot be written
   */
  public byte[] toXml() throws ConfigFormatException {
    return format().toBytes(this);
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
   * The digest of each section, each element hashed once.
   *
   * @return section to SHA-256 in lower-case hex, in file order
   */
  public Map<String, String> sectionDigests() {
    Map<String, String> digests = new LinkedHashMap<>();
    sections.map().forEach((name, node) -> digests.put(name, digest(node)));
    return Collections.unmodifiableMap(digests);
  }

  /**
   * The digest of one element: independent of white space and of the order of names, dependent on
   * the order of lists. Of a table it is computed once.
   *
   * @param node any element
   * @return SHA-256, lower-case hex
   */
  public static String digest(ConfigNode node) {
    return ConfigDigest.of(node);
  }

  /**
   * Whether two elements have the same digest. Where only this is asked, it is much faster.
   *
   * @param a any element
   * @param b any element
   * @return true when a file does not tell them apart
   */
  public static boolean same(ConfigNode a, ConfigNode b) {
    return ConfigDigest.same(a, b);
  }

  /**
   * Whether another tree has the same {@link #digest()}.
   *
   * @param other any tree
   * @return true when nothing but {@code revision} and {@code lastchange} differs
   */
  public boolean isSame(ConfigTree other) {
    return same(
        sections.without("revision", "lastchange"),
        other.sections.without("revision", "lastchange"));
  }

  /**
   * What differs from another tree, secrets not shown.
   *
   * @param other the newer tree
   * @return the differences, in the order of this tree
   */
  public ConfigDiff diff(ConfigTree other) {
    return ConfigDiff.between(sections, other.sections);
  }

  /** Names only: a configuration is full of secrets. */
  @Override
  public String toString() {
    return root + " " + version() + " " + sections.map().keySet();
  }
}
