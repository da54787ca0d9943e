package org.pfha.configsync.rpc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.ws.commons.util.NamespaceContextImpl;
import org.apache.xmlrpc.common.XmlRpcStreamConfig;
import org.apache.xmlrpc.parser.RecursiveTypeParserImpl;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Attributes;
import org.xml.sax.SAXException;

/**
 * Something with values in it: elements down to {@code value} are named by {@link #expected},
 * everything below belongs to the nested parser.
 */
abstract class TableParser extends RecursiveTypeParserImpl {
  final Decoding decoding;
  private final int valueLevel;
  private int level;
  private boolean closed;
  private boolean inValue;
  private boolean typed;

  TableParser(
      XmlRpcStreamConfig config, NamespaceContextImpl context, WireTypes types, int valueLevel) {
    super(config, context, types);
    this.decoding = types.decoding();
    this.valueLevel = valueLevel;
  }

  /** Whether this element may start at this level. */
  abstract boolean expected(int level, String name) throws SAXException;

  /** One value has been read. */
  abstract void add(Object value) throws SAXException;

  abstract void ended(int level) throws SAXException;

  /** Text outside values: names. Returns false where none belongs. */
  boolean text(char[] chars, int start, int length) {
    return false;
  }

  /** A shallower or deeper one for this message. */
  int valueLevel() {
    return valueLevel;
  }

  @Override
  public void startElement(String uri, String local, String name, Attributes attributes)
      throws SAXException {
    if (inValue) {
      typed = true;
      super.startElement(uri, local, name, attributes);
    } else if (closed || !uri.isEmpty() || !expected(level, local)) {
      throw BadMessage.value("an element where none belongs");
    } else if (level == valueLevel() && local.equals("value")) {
      inValue = true;
      typed = false;
      startValueTag();
    }
    level++;
  }

  @Override
  public void endElement(String uri, String local, String name) throws SAXException {
    level--;
    if (inValue && level > valueLevel()) {
      super.endElement(uri, local, name);
      return;
    }
    if (inValue) {
      inValue = false;
      endValueTag();
    }
    ended(level);
    closed |= level == 0;
  }

  @Override
  protected final void addResult(Object result) throws SAXException {
    if (result instanceof ScalarParser.Several several) {
      for (Object one : several.values()) {
        add(one);
      }
    } else if (typed || decoding != Decoding.LIKE_OPNSENSE || !((String) result).trim().isEmpty()) {
      add(result);
    }
  }

  @Override
  public void characters(char[] chars, int start, int length) throws SAXException {
    if (inValue) {
      super.characters(chars, start, length);
    } else if (!text(chars, start, length)
        && decoding == Decoding.STRICT
        && !isEmpty(chars, start, length)) {
      throw BadMessage.value("text where none belongs");
    }
  }

  @Override
  public void ignorableWhitespace(char[] chars, int start, int length) throws SAXException {
    characters(chars, start, length);
  }

  /** {@code array/data/value}. */
  static final class Array extends TableParser {
    private final List<Object> items = new ArrayList<>();
    private boolean data;

    Array(XmlRpcStreamConfig config, NamespaceContextImpl context, WireTypes types) {
      super(config, context, types, 2);
    }

    @Override
    boolean expected(int level, String name) {
      data |= level == 1;
      return level == 0
          || (level == 1 && name.equals("data"))
          || (level == 2 && name.equals("value"));
    }

    @Override
    void add(Object item) {
      items.add(item);
    }

    @Override
    void ended(int level) throws SAXException {
      if (level != 0) {
        return;
      }
      if (!data && decoding == Decoding.STRICT) {
        throw BadMessage.value("an array without data");
      }
      boolean nothing = !data && decoding == Decoding.LIKE_OPNSENSE;
      setResult(nothing ? ScalarParser.Several.NONE : items);
    }
  }

  /** {@code struct/member}, and in it {@code name} and {@code value}. */
  static final class Struct extends TableParser {
    private final WireTypes types;
    private final Map<String, Object> members = new LinkedHashMap<>();
    private final StringBuilder memberName = new StringBuilder();
    private @Nullable Object value;
    private boolean valued;
    private boolean named;
    private boolean inName;

    Struct(XmlRpcStreamConfig config, NamespaceContextImpl context, WireTypes types) {
      super(config, context, types, 2);
      this.types = types;
    }

    @Override
    boolean expected(int level, String name) throws SAXException {
      inName = level == 2 && name.equals("name");
      if (level == 2) {
        boolean again = inName ? named : valued;
        named |= inName;
        valued |= !inName;
        // OPNsense takes a value for the name seen so far.
        if (again || (!inName && !named && decoding == Decoding.STRICT)) {
          throw BadMessage.value("a member is one name and one value");
        }
      }
      return level == 0
          || (level == 1 && name.equals("member"))
          || (level == 2 && (inName || name.equals("value")));
    }

    @Override
    boolean text(char[] chars, int start, int length) {
      if (inName) {
        memberName.append(chars, start, length);
      }
      return inName;
    }

    @Override
    void add(Object item) {
      value = item;
      if (decoding == Decoding.LIKE_OPNSENSE && !named) {
        members.put("", item);
        value = null;
      }
    }

    @Override
    void ended(int level) throws SAXException {
      inName = false;
      if (level == 0) {
        setResult(members);
      } else if (level == 1) {
        member();
        memberName.setLength(0);
        value = null;
        named = false;
        valued = false;
      }
    }

    private void member() throws SAXException {
      if (!valued && decoding != Decoding.LIKE_OPNSENSE) {
        throw BadMessage.value("a member without a value");
      }
      if (value == null) {
        return; // left out like its value
      }
      String name = memberName.toString();
      if (decoding == Decoding.LIKE_OPNSENSE) {
        name = name.trim();
      }
      if (members.put(types.name(name), value) != null && decoding == Decoding.STRICT) {
        throw BadMessage.value("two members of one name");
      }
    }
  }
}
