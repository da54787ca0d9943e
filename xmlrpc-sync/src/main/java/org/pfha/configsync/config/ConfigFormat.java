package org.pfha.configsync.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * How one product writes its {@code config.xml}, and what it makes of one. Files are streamed: a
 * reader holds the tree it builds, a writer only a buffer. Thread-safe. Source: spec section 5.
 */
public interface ConfigFormat {
  /** The longest file read, in bytes. */
  int MAX_BYTES = 64 << 20;

  /**
   * pfSense: fixed list names, no attributes, lower case, texts decoded a second time, tabs.
   * Source: spec section 5.1.
   *
   * @return the format
   */
  static ConfigFormat pfSense() {
    return PfSenseFormat.INSTANCE;
  }

  /**
   * OPNsense: any repeated name is a list, attributes are kept, two spaces, references for what is
   * not ASCII. Source: spec section 5.2.
   *
   * @return the format
   */
  static ConfigFormat opnSense() {
    return OpnSenseFormat.INSTANCE;
  }

  /**
   * The root element of a file, which names the product. No more of the file is read.
   *
   * @param xml the file
   * @return in lower case, for example {@code pfsense}
   * @throws ConfigFormatException when it is no XML
   */
  static String rootOf(byte[] xml) throws ConfigFormatException {
    return TreeHandler.rootOf(xml);
  }

  /**
   * The root element, which names the product.
   *
   * @return {@code pfsense}, {@code opnsense}
   */
  String root();

  /**
   * Whether an element always stands for a list, even once.
   *
   * @param name an element name
   * @return true for the product's fixed set
   */
  boolean isList(String name);

  /**
   * Whether a name may become an element. The products write any name, and then cannot read their
   * own file (spec section 22, attack 10).
   *
   * @param name the candidate
   * @return true when a file with it can be read again
   */
  boolean isName(String name);

  /**
   * Whether a list may stand under a name that is not in the fixed set.
   *
   * @return true when repeated elements of any name are read as a list
   */
  boolean listsAnywhere();

  /**
   * Reads a file.
   *
   * @param in read to its end, not closed
   * @return the tree
   * @throws ConfigFormatException when the product itself would refuse the file, or it is hostile;
   *     with the line
   * @throws IOException when the stream fails
   */
  ConfigTree read(InputStream in) throws ConfigFormatException, IOException;

  /**
   * Reads a whole file in memory.
   *
   * @param file its bytes
   * @return the tree
   * @throws ConfigFormatException when the product itself would refuse the file, or it is hostile;
   *     with the line
   */
  default ConfigTree read(byte[] file) throws ConfigFormatException {
    try {
      return read(new ByteArrayInputStream(file));
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail", e);
    }
  }

  /**
   * Writes the file as the product writes it.
   *
   * @param tree its root must be this format's
   * @param out gets UTF-8; flushed, not closed
   * @throws ConfigFormatException when a name or a character could not be read again; part of the
   *     file may have been written
   * @throws IOException when the stream fails
   */
  void write(ConfigTree tree, OutputStream out) throws ConfigFormatException, IOException;

  /**
   * The whole file in memory.
   *
   * @param tree its root must be this format's
   * @return UTF-8 bytes
   * @throws ConfigFormatException when a name or a character could not be read again
   */
  default byte[] toBytes(ConfigTree tree) throws ConfigFormatException {
    Pieces out = new Pieces();
    try {
      write(tree, out);
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail", e);
    }
    return out.joined();
  }

  /**
   * The format of a root element.
   *
   * @param root its name
   * @return one of the two products
   * @throws ConfigFormatException when it is neither
   */
  static ConfigFormat of(String root) throws ConfigFormatException {
    if (root.equals(pfSense().root())) {
      return pfSense();
    }
    if (root.equals(opnSense().root())) {
      return opnSense();
    }
    throw new ConfigFormatException("the root element is neither pfsense nor opnsense");
  }
}
