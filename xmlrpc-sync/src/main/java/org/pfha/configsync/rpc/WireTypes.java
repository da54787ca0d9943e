package org.pfha.configsync.rpc;

import java.math.BigDecimal;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.ws.commons.util.NamespaceContextImpl;
import org.apache.xmlrpc.common.TypeFactory;
import org.apache.xmlrpc.common.XmlRpcStreamConfig;
import org.apache.xmlrpc.parser.TypeParser;
import org.apache.xmlrpc.parser.TypeParserImpl;
import org.apache.xmlrpc.serializer.TypeSerializer;
import org.apache.xmlrpc.serializer.TypeSerializerImpl;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Attributes;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;

/** The types of one message: nothing that deserialises, structs in order. For one message only. */
final class WireTypes implements TypeFactory {
  private final Decoding decoding;
  private final ScalarParser scalar;
  private final Map<String, String> names = new HashMap<>();

  WireTypes(Decoding decoding) {
    this.decoding = decoding;
    this.scalar = new ScalarParser(decoding);
  }

  Decoding decoding() {
    return decoding;
  }

  /** A configuration has a few hundred names, each a hundred thousand times. */
  String name(String name) {
    String known = names.putIfAbsent(name, name);
    return known == null ? name : known;
  }

  @Override
  public TypeSerializer getSerializer(XmlRpcStreamConfig config, Object value) {
    return new Serializer();
  }

  // The interface is not annotated; null means an unknown type to its callers.
  @Override
  @SuppressWarnings("NullAway")
  public @Nullable TypeParser getParser(
      XmlRpcStreamConfig config, NamespaceContextImpl context, String uri, String name) {
    TypeParser unknown = decoding == Decoding.LIKE_OPNSENSE ? new LeftOut() : null;
    if (!uri.isEmpty()) {
      return unknown;
    }
    return switch (name) {
      case "array" -> new TableParser.Array(config, context, this);
      case "struct" -> new TableParser.Struct(config, context, this);
      case "string", "int", "i4", "i8", "boolean", "double", "nil", "base64", "dateTime.iso8601" ->
          scalar.reset();
      default -> unknown;
    };
  }

  /** Reads over a type that OPNsense does not know. */
  private static final class LeftOut extends TypeParserImpl {
    LeftOut() {
      setResult(ScalarParser.Several.NONE);
    }

    @Override
    public void startElement(String uri, String local, String name, Attributes attributes) {}

    @Override
    public void endElement(String uri, String local, String name) {}

    @Override
    public void characters(char[] chars, int start, int length) {}
  }

  private static final class Serializer extends TypeSerializerImpl {
    private char[] chars = new char[128];

    @Override
    public void write(ContentHandler out, Object value) throws SAXException {
      write(out, value, 1);
    }

    private void write(ContentHandler out, Object value, int depth) throws SAXException {
      if (depth > LimitedInput.MAX_DEPTH) {
        throw BadMessage.value("values nested deeper than " + LimitedInput.MAX_DEPTH);
      }
      if (value instanceof String text) {
        scalar(out, "string", text);
      } else if (value instanceof List<?> list) {
        array(out, list, depth);
      } else if (value instanceof Map<?, ?> map) {
        if (map.isEmpty()) {
          array(out, List.of(), depth);
        } else {
          struct(out, map, depth);
        }
      } else if (value instanceof Integer) {
        scalar(out, "int", value.toString());
      } else if (value instanceof Long number) {
        scalar(out, number == number.intValue() ? "int" : "string", value.toString());
      } else if (value instanceof Boolean flag) {
        scalar(out, "boolean", flag ? "1" : "0");
      } else if (value instanceof Double number && Double.isFinite(number)) {
        scalar(out, "double", new BigDecimal(number.toString()).toPlainString());
      } else if (value instanceof byte[] bytes) {
        scalar(out, "base64", Base64.getEncoder().encodeToString(bytes));
      } else if (value instanceof XmlRpc.DateTime date) {
        scalar(out, "dateTime.iso8601", date.text());
      } else {
        throw BadMessage.value("a value of a type that XML-RPC does not have");
      }
    }

    private void scalar(ContentHandler out, String type, String text) throws SAXException {
      start(out, "value");
      start(out, type);
      text(out, text);
      end(out, type);
      end(out, "value");
    }

    private void array(ContentHandler out, List<?> list, int depth) throws SAXException {
      start(out, "value");
      start(out, "array");
      start(out, "data");
      for (Object item : list) {
        write(out, item, depth + 1);
      }
      end(out, "data");
      end(out, "array");
      end(out, "value");
    }

    private void struct(ContentHandler out, Map<?, ?> map, int depth) throws SAXException {
      start(out, "value");
      start(out, "struct");
      for (Map.Entry<?, ?> member : map.entrySet()) {
        String name = member.getKey().toString();
        if (name.length() > LimitedInput.MAX_NAME) {
          throw BadMessage.value("a name longer than " + LimitedInput.MAX_NAME + " characters");
        }
        start(out, "member");
        start(out, "name");
        text(out, name);
        end(out, "name");
        write(out, member.getValue(), depth + 1);
        end(out, "member");
      }
      end(out, "struct");
      end(out, "value");
    }

    private void text(ContentHandler out, String text) throws SAXException {
      int length = text.length();
      if (length > LimitedInput.MAX_TEXT) {
        throw BadMessage.value("a text longer than " + LimitedInput.MAX_TEXT + " characters");
      }
      if (length > chars.length) {
        chars = new char[Math.max(length, 2 * chars.length)];
      }
      text.getChars(0, length, chars, 0);
      out.characters(chars, 0, length);
    }

    private static void start(ContentHandler out, String name) throws SAXException {
      out.startElement("", name, name, ZERO_ATTRIBUTES);
    }

    private static void end(ContentHandler out, String name) throws SAXException {
      out.endElement("", name, name);
    }
  }
}
