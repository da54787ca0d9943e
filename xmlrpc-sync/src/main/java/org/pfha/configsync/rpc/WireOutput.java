package org.pfha.configsync.rpc;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.xml.sax.Attributes;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Writes a message in UTF-8, as pfSense does. The library's own output splits characters outside
 * the BMP, passes control characters through and loses carriage returns.
 */
final class WireOutput extends DefaultHandler {
  private static final int PIECE = 1 << 14;
  private static final byte[] AMP = ascii("&amp;");
  private static final byte[] LT = ascii("&lt;");
  private static final byte[] GT = ascii("&gt;");
  private static final byte[] CR = ascii("&#13;"); // a literal one would be read as a line feed

  private final List<byte[]> pieces = new ArrayList<>();
  private byte[] piece = new byte[PIECE];
  private int used;

  WireOutput() {
    put(ascii("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void startElement(String uri, String local, String name, Attributes attributes) {
    put('<');
    name(name);
    put('>');
  }

  @Override
  public void endElement(String uri, String local, String name) {
    put('<');
    put('/');
    name(name);
    put('>');
  }

  @Override
  public void characters(char[] chars, int start, int length) throws SAXException {
    int end = start + length;
    for (int i = start; i < end; i++) {
      char c = chars[i];
      if (c < 0x80) {
        switch (c) {
          case '&' -> put(AMP);
          case '<' -> put(LT);
          case '>' -> put(GT);
          case '\r' -> put(CR);
          default -> {
            if (c < ' ' && c != '\t' && c != '\n') {
              throw unsendable(c);
            }
            put(c);
          }
        }
      } else if (!Character.isSurrogate(c)) {
        if (c > '\uFFFD') {
          throw unsendable(c);
        }
        utf8(c);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < end
          && Character.isLowSurrogate(chars[i + 1])) {
        utf8(Character.toCodePoint(c, chars[++i]));
      } else {
        throw unsendable(c);
      }
    }
  }

  private static SAXException unsendable(char c) {
    return BadMessage.value("a text holds U+%04X, which XML cannot carry".formatted((int) c));
  }

  private void utf8(int c) {
    if (c < 0x800) {
      put(0xC0 | (c >> 6));
    } else {
      if (c < 0x10000) {
        put(0xE0 | (c >> 12));
      } else {
        put(0xF0 | (c >> 18));
        put(0x80 | ((c >> 12) & 0x3F));
      }
      put(0x80 | ((c >> 6) & 0x3F));
    }
    put(0x80 | (c & 0x3F));
  }

  private void name(String ascii) {
    for (int i = 0; i < ascii.length(); i++) {
      put(ascii.charAt(i));
    }
  }

  private void put(byte[] bytes) {
    for (byte b : bytes) {
      put(b);
    }
  }

  private void put(int b) {
    if (used == PIECE) {
      pieces.add(piece);
      piece = new byte[PIECE];
      used = 0;
    }
    piece[used++] = (byte) b;
  }

  EncodedMessage message() {
    pieces.add(piece);
    return new EncodedMessage(pieces, used);
  }
}
