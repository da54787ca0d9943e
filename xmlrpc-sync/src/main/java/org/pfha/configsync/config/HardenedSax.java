package org.pfha.configsync.config;

import java.io.IOException;
import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.XMLReader;
import org.xml.sax.ext.LexicalHandler;
import org.xml.sax.helpers.DefaultHandler;

/**
 * The one way XML is parsed here: the JDK's own parser, any DOCTYPE refused, nothing ever loaded.
 * Thread-safe. Source: spec section 22, attacks 1 and 2.
 */
public final class HardenedSax {
  /** Newer JDKs stop at 200 elements; a value is up to four. Handlers count for themselves. */
  private static final String ELEMENT_DEPTH =
      "http://www.oracle.com/xml/jaxp/properties/maxElementDepth";

  private static final String MOST_ELEMENTS_DEEP = "1000";

  private HardenedSax() {}

  /**
   * Parses a document.
   *
   * @param source the bytes
   * @param handler what receives the events, namespace-aware; with references and CDATA sections
   *     when it is a {@link LexicalHandler}
   * @throws SAXException when it is not well-formed, has a DOCTYPE, or the handler refuses it
   * @throws IOException when the bytes are no text
   */
  public static void parse(InputSource source, DefaultHandler handler)
      throws SAXException, IOException {
    try {
      SAXParserFactory factory = SAXParserFactory.newDefaultNSInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
      factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      XMLReader reader = factory.newSAXParser().getXMLReader();
      reader.setProperty(ELEMENT_DEPTH, MOST_ELEMENTS_DEEP);
      if (handler instanceof LexicalHandler) {
        // Tells references from the text around them: pfSense decodes each piece for itself.
        reader.setProperty("http://xml.org/sax/properties/lexical-handler", handler);
        reader.setFeature("http://apache.org/xml/features/scanner/notify-builtin-refs", true);
      }
      reader.setContentHandler(handler);
      reader.setErrorHandler(handler);
      reader.setEntityResolver(
          (publicId, systemId) -> {
            throw new SAXException("external entity");
          });
      reader.parse(source);
    } catch (ParserConfigurationException e) {
      throw new SAXException("the parser cannot be hardened", e);
    } catch (RuntimeException e) {
      // Parsers have thrown unchecked exceptions at malformed documents; bytes must not.
      throw new SAXException("the parser gave up");
    }
  }
}
