package org.pfha.configsync.rpc;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.ws.commons.util.NamespaceContextImpl;
import org.apache.xmlrpc.common.TypeFactory;
import org.apache.xmlrpc.common.XmlRpcStreamConfig;
import org.apache.xmlrpc.parser.TypeParser;
import org.apache.xmlrpc.serializer.TypeSerializer;
import org.apache.xmlrpc.serializer.TypeSerializerImpl;
import org.jspecify.annotations.Nullable;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;

/** The types of the dialect: nothing that deserialises, structs in order. */
final class WireTypes implements TypeFactory {
  private static final int MAX_DEPTH = 64;

  @Override
  public TypeSerializer getSerializer(XmlRpcStreamConfig config, Object value) {
    return new Serializer();
  }

  // The interface is not annotated; null means an unknown type to its callers.
  @Override
  @SuppressWarnings("NullAway")
  public @Nullable TypeParser getParser(
      XmlRpcStreamConfig config, NamespaceContextImpl context, String uri, String name) {
    if (!uri.isEmpty()) {
      return null;
    }
    return switch (name) {
      case "array" -> new TableParser.Array(config, context, this);
      case "struct" -> new TableParser.Struct(config, context, this);
      case "string", "int", "i4", "i8", "boolean", "double", "nil", "base64", "dateTime.iso8601" ->
          new ScalarParser(name);
      default -> null;
    };
  }

  private static final class Serializer extends TypeSerializerImpl {

    @Override
    public void write(ContentHandler out, Object value) throws SAXException {
      write(out, value, 0);
    }

    private void write(ContentHandler out, Object value, int depth) throws SAXException {
      if (depth > MAX_DEPTH) {
        throw new SAXException("deeper than " + MAX_DEPTH + " values");
      }
      if (value instanceof List<?> list) {
        array(out, list, depth);
      } else if (value instanceof Map<?, ?> map) {
        if (map.isEmpty()) {
          array(out, List.of(), depth);
        } else {
          struct(out, map, depth);
        }
      } else if (value instanceof String || value instanceof Long) {
        write(out, "string", value.toString());
      } else if (value instanceof Integer) {
        write(out, "int", value.toString());
      } else if (value instanceof Boolean flag) {
        write(out, "boolean", flag ? "1" : "0");
      } else if (value instanceof Double) {
        write(out, "double", value.toString());
      } else if (value instanceof byte[] bytes) {
        write(out, "base64", Base64.getEncoder().encodeToString(bytes));
      } else if (value instanceof XmlRpc.DateTime date) {
        write(out, "dateTime.iso8601", date.text());
      } else {
        throw new SAXException("a value of a type the dialect does not have");
      }
    }

    private void array(ContentHandler out, List<?> list, int depth) throws SAXException {
      start(out, "value", "array", "data");
      for (Object item : list) {
        write(out, item, depth + 1);
      }
      end(out, "data", "array", "value");
    }

    private void struct(ContentHandler out, Map<?, ?> map, int depth) throws SAXException {
      start(out, "value", "struct");
      for (Map.Entry<?, ?> member : map.entrySet()) {
        start(out, "member", "name");
        char[] name = member.getKey().toString().toCharArray();
        out.characters(name, 0, name.length);
        end(out, "name");
        write(out, member.getValue(), depth + 1);
        end(out, "member");
      }
      end(out, "struct", "value");
    }

    private static void start(ContentHandler out, String... names) throws SAXException {
      for (String name : names) {
        out.startElement("", name, name, ZERO_ATTRIBUTES);
      }
    }

    private static void end(ContentHandler out, String... names) throws SAXException {
      for (String name : names) {
        out.endElement("", name, name);
      }
    }
  }
}
