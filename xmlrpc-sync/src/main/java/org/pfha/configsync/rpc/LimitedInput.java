package org.pfha.configsync.rpc;

import org.xml.sax.Attributes;
import org.xml.sax.ContentHandler;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/** Counts before the parsers behind it see anything. */
final class LimitedInput extends DefaultHandler {
  private static final int MAX_DEPTH = 64 * 4;
  private static final int MAX_ELEMENTS = 10_000_000;
  private static final int MAX_TEXT = 16 << 20;

  private final ContentHandler next;
  private int depth;
  private int elements;
  private int text;

  LimitedInput(ContentHandler next) {
    this.next = next;
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
    if (++depth > MAX_DEPTH || ++elements > MAX_ELEMENTS) {
      throw new SAXException("too deep or too many elements");
    }
    text = 0;
    next.startElement(uri, local, name, attributes);
  }

  @Override
  public void endElement(String uri, String local, String name) throws SAXException {
    depth--;
    text = 0;
    next.endElement(uri, local, name);
  }

  @Override
  public void characters(char[] chars, int start, int length) throws SAXException {
    text += length;
    if (text > MAX_TEXT) {
      throw new SAXException("text too long");
    }
    next.characters(chars, start, length);
  }
}
