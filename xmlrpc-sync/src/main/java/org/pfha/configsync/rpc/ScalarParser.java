package org.pfha.configsync.rpc;

import java.math.BigInteger;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.xmlrpc.parser.TypeParserImpl;
import org.xml.sax.Attributes;
import org.xml.sax.SAXException;

/** One value without parts, read as leniently as pfSense reads it. */
final class ScalarParser extends TypeParserImpl {
  private static final Pattern INTEGER = Pattern.compile("\\s*([+-]?\\d{1,20})(?s:.*)");
  private static final Pattern DOUBLE =
      Pattern.compile(
          "\\s*([+-]?(?:\\d{1,400}(?:\\.\\d{0,400})?|\\.\\d{1,400})(?:[eE][+-]?\\d{1,4})?)(?s:.*)");
  private static final Pattern DATE =
      Pattern.compile("\\d{4}-?\\d{2}-?\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:Z|[+-]\\d{2}:?\\d{2})?");

  private final String type;
  private final StringBuilder text = new StringBuilder();
  private boolean inside;
  private boolean done;

  ScalarParser(String type) {
    this.type = type;
  }

  @Override
  public void startElement(String uri, String local, String name, Attributes attributes)
      throws SAXException {
    if (inside || done) {
      throw new SAXException("a second type in one value");
    }
    inside = true;
  }

  @Override
  public void characters(char[] chars, int start, int length) {
    if (inside) {
      text.append(chars, start, length);
    }
  }

  @Override
  public void ignorableWhitespace(char[] chars, int start, int length) {
    characters(chars, start, length);
  }

  @Override
  public void endElement(String uri, String local, String name) throws SAXException {
    inside = false;
    done = true;
    setResult(value(text.toString()));
  }

  private Object value(String text) throws SAXException {
    return switch (type) {
      case "string" -> text;
      case "nil" -> XmlRpc.Nil.NIL;
      case "boolean" -> !text.isEmpty() && !text.equals("0");
      case "double" -> {
        Matcher number = DOUBLE.matcher(text);
        yield number.matches() ? Double.valueOf(number.group(1)) : 0.0;
      }
      case "base64" -> bytes(text);
      case "dateTime.iso8601" -> {
        if (!DATE.matcher(text).matches()) {
          throw new SAXException("not a date");
        }
        yield new XmlRpc.DateTime(text);
      }
      default -> integer(text);
    };
  }

  private static Object integer(String text) {
    Matcher digits = INTEGER.matcher(text);
    if (!digits.matches()) {
      return 0;
    }
    BigInteger number = new BigInteger(digits.group(1));
    BigInteger least = BigInteger.valueOf(Long.MIN_VALUE);
    long value = number.max(least).min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
    if (value == (int) value) {
      return (int) value;
    }
    return value;
  }

  private static byte[] bytes(String text) {
    try {
      return Base64.getMimeDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }
}
