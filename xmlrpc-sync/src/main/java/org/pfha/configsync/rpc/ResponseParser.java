package org.pfha.configsync.rpc;

import org.apache.ws.commons.util.NamespaceContextImpl;
import org.apache.xmlrpc.common.XmlRpcStreamConfig;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.rpc.RpcFormatException.Flaw;
import org.xml.sax.SAXException;

/**
 * {@code methodResponse}, in it either {@code params/param/value} or {@code fault/value}. The
 * library's own parser fails with ClassCastException at faults of unexpected shape, and
 * deserialises fault causes.
 */
final class ResponseParser extends TableParser {
  private boolean fault;
  private boolean answered;
  private @Nullable Object value;

  ResponseParser(XmlRpcStreamConfig config, WireTypes types) {
    super(config, new NamespaceContextImpl(), types, 3);
  }

  boolean fault() {
    return fault;
  }

  /** The result or the fault; null when the value was left out. */
  @Nullable Object value() {
    return value;
  }

  @Override
  int valueLevel() {
    return fault ? 2 : 3;
  }

  @Override
  boolean expected(int level, String name) throws SAXException {
    if (level == 0) {
      if (!name.equals("methodResponse")) {
        throw new BadMessage(Flaw.NOT_A_MESSAGE, "not an answer");
      }
      return true;
    }
    if (level == 1) {
      boolean first = !answered;
      answered = true;
      fault = name.equals("fault");
      return first && (fault || name.equals("params"));
    }
    return value == null && name.equals(level == valueLevel() ? "value" : "param");
  }

  @Override
  void add(Object value) throws SAXException {
    if (this.value != null) {
      throw BadMessage.value("two values in one answer");
    }
    this.value = value;
  }

  @Override
  void ended(int level) {}
}
