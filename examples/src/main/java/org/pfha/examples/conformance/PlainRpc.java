package org.pfha.examples.conformance;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.rpc.XmlRpc;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * A second reader of XML-RPC, plain and without limits, so that the library's is not judged by
 * itself. Immutable.
 *
 * @param method the method of a call, empty for answers
 * @param values parameters of a call, the result of an answer
 * @param fault whether it is a fault
 */
record PlainRpc(String method, List<Object> values, boolean fault) {

  /** Returns null when the bytes are no message. */
  static @Nullable PlainRpc parse(byte[] xml) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory.setCoalescing(true);
      DocumentBuilder builder = factory.newDocumentBuilder();
      builder.setErrorHandler(null);
      Element root = builder.parse(new ByteArrayInputStream(xml)).getDocumentElement();
      String method = "";
      List<Object> values = new ArrayList<>();
      boolean fault = false;
      for (Element part : elements(root)) {
        switch (part.getTagName()) {
          case "methodName" -> method = part.getTextContent();
          case "params" ->
              elements(part).forEach(p -> elements(p).forEach(value -> values.add(value(value))));
          case "fault" -> {
            fault = true;
            elements(part).forEach(value -> values.add(value(value)));
          }
          default -> {
            return null;
          }
        }
      }
      return new PlainRpc(method, values, fault);
    } catch (SAXException | IOException | IllegalArgumentException e) {
      return null;
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("the JDK's parser can refuse a DOCTYPE", e);
    }
  }

  private static List<Element> elements(Element parent) {
    List<Element> elements = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element) {
        elements.add(element);
      }
    }
    return elements;
  }

  private static Object value(Element value) {
    List<Element> types = elements(value);
    if (types.isEmpty()) {
      return value.getTextContent();
    }
    Element type = types.get(0);
    String text = type.getTextContent();
    return switch (type.getTagName()) {
      case "int", "i4", "i8" -> number(text.trim());
      case "boolean" -> !text.isEmpty() && !text.equals("0");
      case "double" -> Double.valueOf(text.trim());
      case "base64" -> Base64.getMimeDecoder().decode(text);
      case "dateTime.iso8601" -> new XmlRpc.DateTime(text);
      case "nil" -> XmlRpc.Nil.NIL;
      case "array" -> {
        List<Object> items = new ArrayList<>();
        elements(type).forEach(data -> elements(data).forEach(item -> items.add(value(item))));
        yield items;
      }
      case "struct" -> struct(type);
      case "string" -> text;
      default -> throw new IllegalArgumentException("unknown type");
    };
  }

  private static Object number(String text) {
    long number = Long.parseLong(text);
    if (number == (int) number) {
      return (int) number;
    }
    return number;
  }

  private static Map<String, Object> struct(Element struct) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (Element member : elements(struct)) {
      String name = "";
      Object value = "";
      for (Element part : elements(member)) {
        if (part.getTagName().equals("name")) {
          name = part.getTextContent();
        } else {
          value = value(part);
        }
      }
      map.put(name, value);
    }
    return map;
  }

  /** The first value, the empty text when there is none. */
  Object value() {
    return values.isEmpty() ? "" : values.get(0);
  }

  /** The first value when it is a table with names. */
  Map<?, ?> struct() {
    return value() instanceof Map<?, ?> map ? map : Map.of();
  }

  /** An answer for comparing. The texts of unknown methods may or may not echo the name. */
  String answer() {
    return (fault ? "fault " : "result ")
        + WireVectors.canonical(value())
            .replaceAll("requested method [^;]*?(not found|does not exist\\.)", "unknown method");
  }
}
