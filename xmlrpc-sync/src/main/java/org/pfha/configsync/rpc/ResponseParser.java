package org.pfha.configsync.rpc;

import org.apache.ws.commons.util.NamespaceContextImpl;
import org.apache.xmlrpc.common.TypeFactory;
import org.apache.xmlrpc.common.XmlRpcStreamConfig;
import org.apache.xmlrpc.parser.RecursiveTypeParserImpl;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Attributes;
import org.xml.sax.SAXException;

/**
 * {@code methodResponse}, either {@code params/param/value} or {@code fault/value}. The library's
 * own parser fails with ClassCastException at faults of unexpected shape, and reads fault causes.
 */
final class ResponseParser extends RecursiveTypeParserImpl {
  boolean fault;
  @Nullable Object value;
  private int level;
  private int valueLevel = Integer.MAX_VALUE;

  ResponseParser(XmlRpcStreamConfig config, TypeFactory types) {
    super(config, new NamespaceContextImpl(), types);
  }

  @Override
  protected void addResult(Object result) throws SAXException {
    if (value != null) {
      throw new SAXException("two values");
    }
    value = result;
  }

  @Override
  public void startElement(String uri, String local, String name, Attributes attributes)
      throws SAXException {
    if (level > valueLevel) {
      super.startElement(uri, local, name, attributes);
    } else if ((level == 0 && local.equals("methodResponse"))
        || (level == 1 && local.equals("params"))
        || (level == 2 && !fault && local.equals("param"))) {
      fault = false;
    } else if (level == 1 && local.equals("fault")) {
      fault = true;
    } else if (level == (fault ? 2 : 3) && local.equals("value")) {
      valueLevel = level;
      startValueTag();
    } else {
      throw new SAXException("unexpected element");
    }
    level++;
  }

  @Override
  public void endElement(String uri, String local, String name) throws SAXException {
    level--;
    if (level > valueLevel) {
      super.endElement(uri, local, name);
    } else if (level == valueLevel) {
      valueLevel = Integer.MAX_VALUE;
      endValueTag();
    }
  }

  @Override
  public void characters(char[] chars, int start, int length) throws SAXException {
    if (level > valueLevel) {
      super.characters(chars, start, length);
    }
  }
}
