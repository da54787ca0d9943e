package org.pfha.configsync.rpc;

import java.util.ArrayList;
import java.util.List;
import org.apache.ws.commons.util.NamespaceContextImpl;
import org.apache.xmlrpc.common.XmlRpcStreamConfig;
import org.pfha.configsync.rpc.RpcFormatException.Flaw;
import org.xml.sax.SAXException;

/**
 * {@code methodCall}, in it {@code methodName} and {@code params/param/value}. The library's own
 * parser knows neither pfSense's roots of other names nor its several values in one parameter.
 */
final class CallParser extends TableParser {
  private final StringBuilder method = new StringBuilder();
  private final List<Object> parameters = new ArrayList<>();
  private boolean inMethod;
  private boolean named;
  private boolean valued;

  CallParser(XmlRpcStreamConfig config, WireTypes types) {
    super(config, new NamespaceContextImpl(), types, 3);
  }

  RpcCall call() {
    String name = method.toString();
    return new RpcCall(decoding == Decoding.LIKE_OPNSENSE ? name.trim() : name, parameters);
  }

  @Override
  boolean expected(int level, String name) throws SAXException {
    if (level == 0) {
      if (decoding != Decoding.LIKE_PFSENSE && !name.equals("methodCall")) {
        throw new BadMessage(Flaw.NOT_A_MESSAGE, "not a call");
      }
      return true;
    }
    if (level == 1 && name.equals("methodName")) {
      inMethod = !named;
      named = true;
      return inMethod;
    }
    if (level == 3 && decoding == Decoding.STRICT) {
      if (valued) {
        throw BadMessage.value("two values in one parameter");
      }
      valued = true;
    }
    return (level == 1 && name.equals("params"))
        || (level == 2 && name.equals("param"))
        || (level == 3 && name.equals("value"));
  }

  @Override
  boolean text(char[] chars, int start, int length) {
    if (inMethod) {
      method.append(chars, start, length);
    }
    return inMethod;
  }

  @Override
  void add(Object value) {
    parameters.add(value);
  }

  @Override
  void ended(int level) throws SAXException {
    inMethod = false;
    if (level == 2) {
      valued = false;
    } else if (level == 0 && !named && decoding == Decoding.STRICT) {
      throw new BadMessage(Flaw.NOT_A_MESSAGE, "a call without a method");
    }
  }
}
