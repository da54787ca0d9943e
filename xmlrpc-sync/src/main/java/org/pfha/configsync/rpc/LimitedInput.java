package org.pfha.configsync.rpc;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import org.pfha.configsync.rpc.RpcFormatException.Flaw;
import org.xml.sax.Attributes;
import org.xml.sax.ContentHandler;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Counts before the parsers behind it see anything, so that they never nest deep nor collect much.
 * Source: spec section 22, attacks 8 and 9.
 */
final class LimitedInput extends DefaultHandler {
  static final int MAX_DEPTH = 64;
  static final int MAX_VALUES = 5_000_000;
  static final int MAX_PARAMETERS = 16;
  static final int MAX_NAME = 256;
  static final int MAX_DIGITS = 20;
  static final int MAX_TEXT = 16 << 20;
  private static final int ELEMENTS_PER_VALUE = 4; // value, its type, and a member with its name
  private static final int MAX_ELEMENTS = ELEMENTS_PER_VALUE * MAX_VALUES;
  private static final int MAX_ATTRIBUTES = 8;
  private static final int MAX_MARKUP = MAX_TEXT + (1 << 16); // and what surrounds a text

  private final ContentHandler next;
  private int sinceEvent;
  private int open;
  private int depth;
  private int elements;
  private int values;
  private int parameters;
  private int text;
  private int maxText;
  private boolean integer;

  LimitedInput(ContentHandler next) {
    this.next = next;
  }

  private static BadMessage refused(String what) {
    return new BadMessage(Flaw.REFUSED, what);
  }

  /**
   * The document's characters, as long as something comes of them: the parser itself collects
   * texts, comments, attributes and instructions of any length.
   */
  Reader paced(Reader document) {
    return new FilterReader(document) {
      @Override
      public int read() throws IOException {
        char[] one = new char[1];
        return read(one, 0, 1) < 0 ? -1 : one[0];
      }

      @Override
      public int read(char[] chars, int offset, int length) throws IOException {
        int count = in.read(chars, offset, length);
        sinceEvent += count;
        if (sinceEvent > MAX_MARKUP) {
          throw new RpcFormatException(Flaw.REFUSED, "markup without end");
        }
        return count;
      }
    };
  }

  @Override
  public void setDocumentLocator(Locator locator) {
    next.setDocumentLocator(locator);
  }

  @Override
  public void startDocument() throws SAXException {
    next.startDocument();
  }

  @Override
  public void endDocument() throws SAXException {
    next.endDocument();
  }

  @Override
  public void startElement(String uri, String local, String name, Attributes attributes)
      throws SAXException {
    sinceEvent = 0;
    text = 0;
    maxText = MAX_TEXT;
    integer = false;
    switch (local) {
      case "value" -> {
        if (++depth > MAX_DEPTH) {
          throw refused("values nested deeper than " + MAX_DEPTH);
        }
        if (++values > MAX_VALUES) {
          throw refused("more than " + MAX_VALUES + " values");
        }
      }
      case "param" -> {
        if (++parameters > MAX_PARAMETERS) {
          throw refused("more than " + MAX_PARAMETERS + " parameters");
        }
      }
      case "name", "methodName" -> maxText = MAX_NAME;
      case "int", "i4", "i8" -> integer = true;
      default -> {}
    }
    if (++elements > MAX_ELEMENTS || ++open > ELEMENTS_PER_VALUE * (MAX_DEPTH + 2)) {
      throw refused("too many elements");
    }
    if (attributes.getLength() > MAX_ATTRIBUTES) {
      throw refused("more than " + MAX_ATTRIBUTES + " attributes");
    }
    next.startElement(uri, local, name, attributes);
  }

  @Override
  public void endElement(String uri, String local, String name) throws SAXException {
    sinceEvent = 0;
    open--;
    text = 0;
    maxText = MAX_TEXT;
    integer = false;
    if (local.equals("value")) {
      depth--;
    }
    next.endElement(uri, local, name);
  }

  @Override
  public void characters(char[] chars, int start, int length) throws SAXException {
    if (integer) {
      countDigits(chars, start, length);
    } else {
      text += length;
      if (text > maxText) {
        throw refused("a text longer than " + maxText + " characters");
      }
    }
    next.characters(chars, start, length);
  }

  /** Blanks around a number are no digits; nothing else of it may be long. */
  private void countDigits(char[] chars, int start, int length) throws SAXException {
    for (int i = start; i < start + length; i++) {
      if (chars[i] > ' ' && ++text > MAX_DIGITS) {
        throw refused("an integer longer than " + MAX_DIGITS + " digits");
      }
    }
  }

  @Override
  public void fatalError(SAXParseException e) throws SAXException {
    // The message names the feature in every language.
    if (String.valueOf(e.getMessage()).contains("disallow-doctype-decl")) {
      throw refused("a DOCTYPE");
    }
    throw new BadMessage(Flaw.NOT_XML, "not well-formed XML");
  }
}
