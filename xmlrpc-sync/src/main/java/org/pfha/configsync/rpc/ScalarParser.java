package org.pfha.configsync.rpc;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.xmlrpc.parser.TypeParserImpl;
import org.xml.sax.Attributes;
import org.xml.sax.SAXException;

/** Values without parts. One reader per message is enough: they never nest. */
final class ScalarParser extends TypeParserImpl {
  private static final int SHORT = 32;
  private static final int MAX_KNOWN = 8_192;
  private static final Pattern INTEGER = Pattern.compile("[+-]?\\d{1,20}");
  private static final Pattern DOUBLE =
      Pattern.compile("[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d{1,4})?");
  private static final Pattern PREFIX =
      Pattern.compile(
          "\\s*([+-]?(?:\\d{1,400}(\\.\\d{0,400})?|(\\.\\d{1,400}))([eE][+-]?\\d{1,4})?)(?s:.*)");
  private static final Pattern DATE =
      Pattern.compile("\\d{4}-?\\d{2}-?\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:Z|[+-]\\d{2}:?\\d{2})?");
  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/\\s]*=?\\s*=?\\s*");

  /** What a value becomes when it is not exactly one: OPNsense leaves out and multiplies. */
  record Several(List<Object> values) {
    static final Several NONE = new Several(List.of());
  }

  private final Decoding decoding;
  private final StringBuilder text = new StringBuilder();
  private final List<Object> values = new ArrayList<>();
  private final Map<String, String> known = new HashMap<>();
  private String type = "";
  private boolean inside;

  ScalarParser(Decoding decoding) {
    this.decoding = decoding;
  }

  /** Makes ready for the next value. */
  ScalarParser reset() {
    values.clear();
    type = "";
    inside = false;
    return this;
  }

  @Override
  public void startElement(String uri, String local, String name, Attributes attributes)
      throws SAXException {
    if (inside) {
      throw BadMessage.value("a type within a type");
    }
    if (!type.isEmpty()) {
      if (decoding != Decoding.LIKE_OPNSENSE) {
        throw BadMessage.value("two types in one value");
      }
    }
    inside = true;
    type = local;
    text.setLength(0);
  }

  @Override
  public void characters(char[] chars, int start, int length) throws SAXException {
    if (inside) {
      text.append(chars, start, length);
    } else if (decoding == Decoding.STRICT && !isEmpty(chars, start, length)) {
      throw BadMessage.value("text beside a type");
    }
  }

  @Override
  public void ignorableWhitespace(char[] chars, int start, int length) throws SAXException {
    characters(chars, start, length);
  }

  @Override
  public void endElement(String uri, String local, String name) throws SAXException {
    inside = false;
    Object value = decoding == Decoding.STRICT ? strict(text.toString()) : lenient(text.toString());
    if (value != Several.NONE) {
      values.add(value);
    }
    setResult(values.size() == 1 ? values.get(0) : new Several(List.copyOf(values)));
  }

  private Object strict(String text) throws SAXException {
    return switch (type) {
      case "string" -> shared(text);
      case "nil" -> XmlRpc.Nil.NIL;
      case "boolean" -> {
        String flag = text.strip();
        if (!flag.equals("0") && !flag.equals("1")) {
          throw BadMessage.value("a boolean that is neither 0 nor 1");
        }
        yield flag.equals("1");
      }
      case "double" -> Double.valueOf(whole(DOUBLE, text, "not a number"));
      case "base64" -> base64(whole(BASE64, text, "not base64"));
      case "dateTime.iso8601" -> date(text);
      default -> {
        BigInteger number = new BigInteger(whole(INTEGER, text, "not an integer"));
        if (number.bitLength() >= Long.SIZE) {
          throw BadMessage.value("an integer beyond 64 bits");
        }
        yield narrow(number.longValue());
      }
    };
  }

  /** Most short texts of a configuration come a thousand times. */
  private String shared(String text) {
    if (text.length() > SHORT) {
      return text;
    }
    String same = known.get(text);
    if (same == null && known.size() < MAX_KNOWN) {
      known.put(text, text);
    }
    return same == null ? text : same;
  }

  private static String whole(Pattern pattern, String text, String otherwise) throws BadMessage {
    String number = text.strip();
    if (!pattern.matcher(number).matches()) {
      throw BadMessage.value(otherwise);
    }
    return number;
  }

  private Object lenient(String text) throws SAXException {
    boolean opnsense = decoding == Decoding.LIKE_OPNSENSE;
    return switch (type) {
      case "string" -> text;
      case "nil" -> opnsense ? Several.NONE : XmlRpc.Nil.NIL;
      case "boolean" -> {
        String flag = opnsense ? text.strip() : text;
        yield !flag.isEmpty() && !flag.equals("0");
      }
      case "double" -> {
        Matcher number = PREFIX.matcher(text);
        yield number.matches() ? Double.valueOf(number.group(1)) : 0.0;
      }
      case "base64" -> base64(text);
      case "dateTime.iso8601" -> opnsense ? columns(text) : date(text);
      default -> opnsense && type.equals("i8") ? Several.NONE : integer(text);
    };
  }

  /** PHP: leading digits, saturating; a fraction or exponent counts. */
  private static Object integer(String text) {
    Matcher number = PREFIX.matcher(text);
    if (!number.matches()) {
      return 0;
    }
    if (number.group(2) != null || number.group(3) != null || number.group(4) != null) {
      return narrow((long) Double.parseDouble(number.group(1)));
    }
    BigInteger least = BigInteger.valueOf(Long.MIN_VALUE);
    BigInteger most = BigInteger.valueOf(Long.MAX_VALUE);
    return narrow(new BigInteger(number.group(1)).max(least).min(most).longValue());
  }

  private static Object narrow(long number) {
    if (number == (int) number) {
      return (int) number;
    }
    return number;
  }

  /** PHP skips what is not of the alphabet, and a lone last character. */
  private static byte[] base64(String text) {
    String digits = text.replaceAll("[^A-Za-z0-9+/]", "");
    return Base64.getDecoder()
        .decode(digits.length() % 4 == 1 ? digits.substring(0, digits.length() - 1) : digits);
  }

  private static Object date(String text) throws SAXException {
    if (!DATE.matcher(text).matches()) {
      throw BadMessage.value("not a date");
    }
    return new XmlRpc.DateTime(text);
  }

  /** OPNsense cuts at fixed columns, whatever is there. */
  private static Object columns(String text) {
    return new XmlRpc.DateTime(
        cut(text, 0, 8)
            + "T"
            + cut(text, 9, 11)
            + ":"
            + cut(text, 12, 14)
            + ":"
            + cut(text, 15, Integer.MAX_VALUE));
  }

  private static String cut(String text, int from, int to) {
    return text.substring(Math.min(from, text.length()), Math.min(to, text.length()));
  }
}
