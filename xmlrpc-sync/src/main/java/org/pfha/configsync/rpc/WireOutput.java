package org.pfha.configsync.rpc;

import java.nio.charset.StandardCharsets;
import org.pfha.configsync.config.ConfigXml;
import org.xml.sax.Attributes;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Writes a message as pfSense does. The library's own writer splits characters outside the BMP and
 * passes control characters through.
 */
final class WireOutput extends DefaultHandler {
  private final StringBuilder out =
      new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");

  @Override
  public void startElement(String uri, String local, String name, Attributes attributes) {
    out.append('<').append(name).append('>');
  }

  @Override
  public void endElement(String uri, String local, String name) {
    out.append("</").append(name).append('>');
  }

  @Override
  public void characters(char[] chars, int start, int length) throws SAXException {
    String text = new String(chars, start, length);
    if (!ConfigXml.isXml(text)) {
      throw new SAXException("a character that XML cannot carry");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '\r' -> out.append("&#13;"); // a literal one would be read as a line feed
        default -> out.append(c);
      }
    }
  }

  byte[] bytes() {
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }
}
