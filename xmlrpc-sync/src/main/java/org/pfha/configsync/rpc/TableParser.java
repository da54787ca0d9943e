package org.pfha.configsync.rpc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.ws.commons.util.NamespaceContextImpl;
import org.apache.xmlrpc.common.TypeFactory;
import org.apache.xmlrpc.common.XmlRpcStreamConfig;
import org.apache.xmlrpc.parser.RecursiveTypeParserImpl;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Attributes;
import org.xml.sax.SAXException;

/**
 * A value with parts: elements down to {@code value} are named by {@link #expected}, everything
 * below belongs to the nested parser.
 */
abstract class TableParser extends RecursiveTypeParserImpl {
  private static final int NAME_LIMIT = 256;

  int level;
  private boolean closed;
  private boolean inValue;
  private final int valueLevel;

  TableParser(
      XmlRpcStreamConfig config, NamespaceContextImpl context, TypeFactory types, int valueLevel) {
    super(config, context, types);
    this.valueLevel = valueLevel;
  }

  /** Whether this element may start at this level. */
  abstract boolean expected(int level, String name);

  void ended(int level, String name) throws SAXException {}

  void text(char[] chars, int start, int length) throws SAXException {}

  @Override
  public void startElement(String uri, String local, String name, Attributes attributes)
      throws SAXException {
    if (inValue) {
      super.startElement(uri, local, name, attributes);
    } else if (closed || !uri.isEmpty() || !expected(level, local)) {
      throw new SAXException("unexpected element");
    } else if (level == valueLevel && local.equals("value")) {
      inValue = true;
      startValueTag();
    }
    level++;
  }

  @Override
  public void endElement(String uri, String local, String name) throws SAXException {
    level--;
    if (inValue && level > valueLevel) {
      super.endElement(uri, local, name);
      return;
    }
    if (inValue) {
      inValue = false;
      endValueTag();
    }
    ended(level, local);
    closed |= level == 0;
  }

  @Override
  public void characters(char[] chars, int start, int length) throws SAXException {
    if (inValue) {
      super.characters(chars, start, length);
    } else {
      text(chars, start, length);
    }
  }

  @Override
  public void ignorableWhitespace(char[] chars, int start, int length) throws SAXException {
    characters(chars, start, length);
  }

  static final class Array extends TableParser {
    private final List<Object> items = new ArrayList<>();

    Array(XmlRpcStreamConfig config, NamespaceContextImpl context, TypeFactory types) {
      super(config, context, types, 2);
    }

    @Override
    boolean expected(int level, String name) {
      return level == 0
          || (level == 1 && name.equals("data"))
          || (level == 2 && name.equals("value"));
    }

    @Override
    protected void addResult(Object item) {
      items.add(item);
    }

    @Override
    void ended(int level, String name) {
      if (level == 0) {
        setResult(items);
      }
    }
  }

  static final class Struct extends TableParser {
    private final Map<String, Object> members = new LinkedHashMap<>();
    private final StringBuilder memberName = new StringBuilder();
    private @Nullable Object value;
    private boolean inName;

    Struct(XmlRpcStreamConfig config, NamespaceContextImpl context, TypeFactory types) {
      super(config, context, types, 2);
    }

    @Override
    boolean expected(int level, String name) {
      inName = level == 2 && name.equals("name");
      return level == 0
          || (level == 1 && name.equals("member"))
          || (level == 2 && (inName || name.equals("value")));
    }

    @Override
    void text(char[] chars, int start, int length) throws SAXException {
      if (inName) {
        memberName.append(chars, start, length);
        if (memberName.length() > NAME_LIMIT) {
          throw new SAXException("a name longer than " + NAME_LIMIT);
        }
      }
    }

    @Override
    protected void addResult(Object item) throws SAXException {
      if (value != null) {
        throw new SAXException("two values in one member");
      }
      value = item;
    }

    @Override
    void ended(int level, String name) throws SAXException {
      inName = false;
      if (level == 1) {
        if (value == null) {
          throw new SAXException("a member without a value");
        }
        members.put(memberName.toString(), value);
        memberName.setLength(0);
        value = null;
      } else if (level == 0) {
        setResult(members);
      }
    }
  }
}
