package org.pfha.configsync.dialect;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Text;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.config.HardenedSax;
import org.xml.sax.Attributes;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Sections in one file.
 *
 * <pre>
 * &lt;?xml version="1.0" encoding="UTF-8"?&gt;
 * &lt;pfha version="7"&gt;
 *   &lt;revision time="1700000100" username="(system)@192.0.2.1" description="Sections rules"/&gt;
 *   &lt;section name="rules"&gt;block in all&lt;/section&gt;
 *   &lt;section name="logo" encoding="base64"&gt;iVBORw0KGgo=&lt;/section&gt;
 * &lt;/pfha&gt;
 * </pre>
 */
final class SectionFile {
  static final String ROOT = "pfha";
  private static final int MAX_BYTES = 256 << 20;
  private static final List<String> REVISION = List.of("time", "username", "description");

  private SectionFile() {}

  static ConfigTree read(byte[] file) throws ConfigFormatException {
    if (file.length > MAX_BYTES) {
      throw new ConfigFormatException("longer than " + MAX_BYTES + " bytes");
    }
    Handler handler = new Handler();
    try {
      HardenedSax.parse(new InputSource(new ByteArrayInputStream(file)), handler);
    } catch (Refused e) {
      throw new ConfigFormatException(String.valueOf(e.getMessage()));
    } catch (SAXException | IOException e) {
      throw new ConfigFormatException("not well-formed XML");
    }
    return new ConfigTree(ROOT, new Fields(handler.sections));
  }

  static byte[] write(ConfigTree config) throws ConfigFormatException {
    StringBuilder out = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<pfha");
    attribute(out, "version", config.version());
    out.append(">\n");
    for (Map.Entry<String, ConfigNode> section : config.sections().map().entrySet()) {
      String name = section.getKey();
      Fields content = section.getValue().fields();
      if (name.equals("revision")) {
        out.append("  <revision");
        REVISION.forEach(key -> attribute(out, key, content.at(key).text()));
        out.append("/>\n");
      } else if (Sections.isName(name)) {
        boolean binary = content.get(SectionContent.BASE64) != null;
        out.append("  <section");
        attribute(out, "name", name);
        out.append(binary ? " encoding=\"base64\">" : ">");
        escape(out, content.at(binary ? SectionContent.BASE64 : SectionContent.TEXT).text());
        out.append("</section>\n");
      } else if (!name.equals("version")) {
        throw new ConfigFormatException("a section with a name that cannot be");
      }
    }
    return out.append("</pfha>\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void attribute(StringBuilder out, String name, String value) {
    out.append(' ').append(name).append("=\"");
    escape(out, value);
    out.append('"');
  }

  private static void escape(StringBuilder out, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\r' -> out.append("&#13;");
        default -> out.append(c);
      }
    }
  }

  private static final class Refused extends SAXException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  private static final class Handler extends DefaultHandler {
    final Map<String, ConfigNode> sections = new LinkedHashMap<>();
    private final StringBuilder text = new StringBuilder();
    private @Nullable String name;
    private boolean binary;
    private int depth;

    @Override
    public void startElement(String uri, String local, String element, Attributes attributes)
        throws SAXException {
      depth++;
      if (depth == 1 && element.equals(ROOT)) {
        sections.put("version", new Text(value(attributes, "version")));
      } else if (depth == 2 && element.equals("revision")) {
        Fields revision = Fields.NONE;
        for (String key : REVISION) {
          revision = revision.with(key, new Text(value(attributes, key)));
        }
        sections.put("revision", revision);
      } else if (depth == 2 && element.equals("section")) {
        name = value(attributes, "name");
        binary = value(attributes, "encoding").equals("base64");
        text.setLength(0);
        if (!Sections.isName(name) || sections.containsKey(name)) {
          throw new Refused("a section with a name that cannot be, or twice the same");
        }
      } else {
        throw new Refused("an element that is not pfha, revision or section");
      }
    }

    private static String value(Attributes attributes, String key) {
      String value = attributes.getValue(key);
      return value == null ? "" : value;
    }

    @Override
    public void characters(char[] chars, int start, int length) {
      text.append(chars, start, length);
    }

    @Override
    public void endElement(String uri, String local, String element) throws SAXException {
      depth--;
      if (name == null || depth != 1) {
        return;
      }
      byte[] content;
      try {
        content =
            binary
                ? Base64.getDecoder().decode(text.toString().trim())
                : text.toString().getBytes(StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        throw new Refused("a section whose base64 is none");
      }
      if (content.length > Sections.MAX_SECTION) {
        throw new Refused("a section of more than " + Sections.MAX_SECTION + " bytes");
      }
      sections.put(name, SectionContent.node(content));
      name = null;
    }
  }
}
