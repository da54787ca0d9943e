package org.pfha.configsync.config;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;
import org.pfha.configsync.config.ConfigNode.Text;
import org.xml.sax.Attributes;
import org.xml.sax.InputSource;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.ext.DefaultHandler2;

/** Builds the tree while the parser reads. Confined to one thread. */
final class TreeHandler extends DefaultHandler2 {
  static final int MAX_DEPTH = 64;
  static final String ATTRIBUTES = "@attributes";
  private static final int MAX_ELEMENTS = 5_000_000;
  private static final int MAX_KNOWN = 8_192;
  private static final int SHORT = 32;

  /** What differs between the products. */
  interface Rules {
    /** The name as the tree has it, null to refuse it. */
    @Nullable String name(String element);

    boolean isList(String name);

    boolean listsAnywhere();

    boolean keepsAttributes();

    /** Appends what arrived in one piece: text up to a reference, a reference, a CDATA section. */
    void chunk(CharSequence chunk, StringBuilder text);
  }

  private final Rules rules;
  private final Deque<Frame> open = new ArrayDeque<>();
  private final StringBuilder chunk = new StringBuilder();
  private final StringBuilder text = new StringBuilder();
  private final Map<String, String> names = new HashMap<>();
  private final Map<String, Text> texts = new HashMap<>();
  private int elements;
  private boolean opened; // the element has a line break in it
  private String rootName = "";
  private @Nullable ConfigNode root;
  private @Nullable Locator locator;

  private TreeHandler(Rules rules) {
    this.rules = rules;
  }

  /** The sections of a file whose root has the given name. */
  static Fields read(Rules rules, String root, InputStream in)
      throws ConfigFormatException, IOException {
    TreeHandler handler = new TreeHandler(rules);
    LimitedStream limited = new LimitedStream(in);
    try {
      HardenedSax.parse(new InputSource(limited), handler);
    } catch (SAXException | IOException e) {
      if (limited.failure != null) {
        throw limited.failure;
      }
      String why = e instanceof Refused ? String.valueOf(e.getMessage()) : "not well-formed XML";
      throw new ConfigFormatException(
          limited.left < 0 ? "longer than " + ConfigFormat.MAX_BYTES + " bytes" : why,
          handler.locator == null ? 0 : Math.max(0, handler.locator.getLineNumber()));
    }
    if (handler.root == null || !handler.rootName.equals(root)) {
      throw new ConfigFormatException("the root element is not " + root);
    }
    return handler.root.fields();
  }

  /** The name of the first element, read no further. */
  static String rootOf(byte[] xml) throws ConfigFormatException {
    String[] root = new String[1];
    try {
      HardenedSax.parse(
          new InputSource(new ByteArrayInputStream(xml)),
          new DefaultHandler2() {
            @Override
            public void startElement(String uri, String local, String name, Attributes ignored)
                throws SAXException {
              root[0] = name;
              throw new Refused("enough");
            }
          });
    } catch (SAXException | IOException e) {
      if (root[0] != null) {
        return root[0].toLowerCase(Locale.ROOT);
      }
    }
    throw new ConfigFormatException("not well-formed XML", 1);
  }

  @Override
  public void setDocumentLocator(Locator locator) {
    this.locator = locator;
  }

  @Override
  public void startElement(String uri, String local, String element, Attributes attributes)
      throws SAXException {
    opened = false;
    chunk.setLength(0);
    text.setLength(0); // text beside elements is lost in both products
    String name = names.get(element);
    if (name == null) {
      name = rules.name(element);
      if (name == null) {
        throw new Refused("an element name that the product does not use");
      }
      if (names.size() < MAX_KNOWN) {
        names.put(element, name);
      }
    }
    if (open.size() >= MAX_DEPTH || ++elements > MAX_ELEMENTS) {
      throw new Refused("deeper than " + MAX_DEPTH + " or more than " + MAX_ELEMENTS + " elements");
    }
    Frame frame = new Frame(name);
    if (rules.keepsAttributes() && attributes.getLength() > 0) {
      frame.attributes = attributes(attributes);
    }
    open.push(frame);
  }

  private Fields attributes(Attributes attributes) throws Refused {
    Map<String, ConfigNode> map = new LinkedHashMap<>();
    for (int i = 0; i < attributes.getLength(); i++) {
      String name = rules.name(attributes.getQName(i));
      if (name == null) {
        throw new Refused("an attribute name that the product does not use");
      }
      map.put(name, new Text(attributes.getValue(i)));
    }
    return new Fields(map);
  }

  @Override
  public void endElement(String uri, String local, String element) throws SAXException {
    flush();
    Frame done = open.pop();
    ConfigNode node = done.node(leaf());
    opened = false;
    text.setLength(0);
    if (open.isEmpty()) {
      rootName = done.name;
      root = node;
    } else {
      open.element().add(done, node);
    }
  }

  private Text leaf() {
    if (text.length() == 0) {
      return opened ? Text.OPENED : Text.EMPTY;
    }
    String value = text.toString();
    if (value.length() > SHORT) {
      return new Text(value);
    }
    Text known = texts.get(value);
    if (known == null) {
      known = new Text(value);
      if (texts.size() < MAX_KNOWN) {
        texts.put(value, known);
      }
    }
    return known;
  }

  @Override
  public void characters(char[] chars, int start, int length) {
    chunk.append(chars, start, length);
  }

  private void flush() {
    if (chunk.length() > 0) {
      opened = chunk.indexOf("\n") >= 0;
      rules.chunk(chunk, text);
      chunk.setLength(0);
    }
  }

  @Override
  public void startEntity(String name) {
    flush();
  }

  @Override
  public void endEntity(String name) {
    flush();
  }

  @Override
  public void startCDATA() {
    flush();
  }

  @Override
  public void endCDATA() {
    flush();
  }

  @Override
  public void comment(char[] chars, int start, int length) {
    flush();
  }

  @Override
  public void processingInstruction(String target, String data) {
    flush();
  }

  /** An element whose end was not seen yet. */
  private final class Frame {
    final String name;
    private Map<String, ConfigNode> children = Map.of(); // most elements have none
    private @Nullable Map<String, List<ConfigNode>> lists;
    private @Nullable Fields attributes;

    Frame(String name) {
      this.name = name;
    }

    void add(Frame child, ConfigNode node) throws Refused {
      if (children.isEmpty()) {
        children = new LinkedHashMap<>();
      }
      boolean leafAttributes = child.attributes != null && node instanceof Text;
      boolean list = rules.isList(child.name);
      if (!list && children.putIfAbsent(child.name, node) == null) {
        if (leafAttributes && child.attributes != null) {
          children.put(child.name + ATTRIBUTES, child.attributes);
        }
        return;
      }
      if (!list && !rules.listsAnywhere()) {
        throw new Refused("two elements named " + child.name + ", which is not a list");
      }
      ConfigNode entry =
          leafAttributes && child.attributes != null
              ? attributed(child.name, node, child.attributes)
              : node;
      if (lists == null) {
        lists = new HashMap<>();
      }
      List<ConfigNode> items = lists.get(child.name);
      if (items == null) {
        items = new ArrayList<>();
        ConfigNode first = list ? null : children.get(child.name);
        if (first != null) {
          ConfigNode beside = children.remove(child.name + ATTRIBUTES);
          items.add(beside == null ? first : attributed(child.name, first, beside.fields()));
        }
        if (entry.equals(Text.EMPTY) && !rules.listsAnywhere()) {
          return; // pfSense does not know that the list was there
        }
        children.putIfAbsent(child.name, Text.EMPTY); // keeps the place
        lists.put(child.name, items);
      } else if (entry.equals(Text.EMPTY) && !rules.listsAnywhere()) {
        return;
      }
      items.add(entry);
    }

    /** An entry of a list cannot have its attributes beside it. */
    private static ConfigNode attributed(String name, ConfigNode leaf, Fields attributes)
        throws Refused {
      if (!leaf.text().isEmpty()) {
        throw new Refused("attributes of a text in the list " + name);
      }
      return Fields.NONE.with(ATTRIBUTES, attributes);
    }

    ConfigNode node(Text leaf) {
      if (lists != null) {
        lists.forEach((list, items) -> children.put(list, new Items(withoutPlaceholder(items))));
      }
      if (children.isEmpty()) {
        return leaf;
      }
      if (attributes == null) {
        return new Fields(children);
      }
      Map<String, ConfigNode> all = new LinkedHashMap<>();
      all.put(ATTRIBUTES, attributes);
      all.putAll(children);
      return new Fields(all);
    }

    /** An empty element alone stands for the list without entries. */
    private List<ConfigNode> withoutPlaceholder(List<ConfigNode> items) {
      return items.size() == 1 && items.get(0).equals(Text.EMPTY) ? List.of() : items;
    }
  }

  private static final class Refused extends SAXException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /** Ends with an error beyond the limit, and remembers errors that are not the document's. */
  private static final class LimitedStream extends FilterInputStream {
    private long left = ConfigFormat.MAX_BYTES;
    private @Nullable IOException failure;

    LimitedStream(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count;
      try {
        count = in.read(bytes, offset, length);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
      left -= Math.max(0, count);
      if (left < 0) {
        throw new IOException("too long");
      }
      return count;
    }

    @Override
    public void close() {}
  }
}
