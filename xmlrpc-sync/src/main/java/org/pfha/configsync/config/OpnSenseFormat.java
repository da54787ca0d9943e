package org.pfha.configsync.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Writer;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;

/** Source: spec section 5.2. */
final class OpnSenseFormat implements ConfigFormat, TreeHandler.Rules {
  static final OpnSenseFormat INSTANCE = new OpnSenseFormat();

  private static final String ATTRIBUTES = TreeHandler.ATTRIBUTES;

  private static final Set<String> LISTS =
      Set.of(
          ("acls alias aliasurl allowedip allowedhostname authserver bridged build_port_path ca"
                  + " cacert cert crl clone config container columnitem dhcp_ranges disk"
                  + " dnsserver dnsupdate domainoverrides element encryption-algorithm-option"
                  + " field fieldname gateway_item gateway_group gif gre group"
                  + " hash-algorithm-option hosts ifgroupentry igmpentry interface_array item key"
                  + " lagg lbpool member menu mobilekey monitor_type mount npt ntpserver onetoone"
                  + " openvpn-server openvpn-client openvpn-csc option package passthrumac phase1"
                  + " phase2 ppp pppoe priv proxyarpnet pool pages pipe radnsserver roll route row"
                  + " rrddatafile rule schedule service servernat servers serversdisabled"
                  + " staticmap subqueue tab timerange tunnel user vip virtual_server vlan"
                  + " winsserver wolentry widget")
              .split(" "));

  private OpnSenseFormat() {}

  @Override
  public String root() {
    return "opnsense";
  }

  @Override
  public boolean isList(String name) {
    return LISTS.contains(name);
  }

  @Override
  public boolean isName(String name) {
    return ConfigXml.isName(name);
  }

  @Override
  public boolean listsAnywhere() {
    return true;
  }

  @Override
  public boolean keepsAttributes() {
    return true;
  }

  @Override
  public @Nullable String name(String element) {
    return isName(element) ? element : null;
  }

  @Override
  public void chunk(CharSequence chunk, StringBuilder text) {
    text.append(chunk);
  }

  @Override
  public ConfigTree read(InputStream in) throws ConfigFormatException, IOException {
    return new ConfigTree(root(), TreeHandler.read(this, root(), in));
  }

  @Override
  public void write(ConfigTree tree, OutputStream stream)
      throws ConfigFormatException, IOException {
    Writer out = new FileText(stream);
    out.write("<?xml version=\"1.0\"?>\n");
    write(out, root(), tree.sections(), Fields.NONE, 0);
    out.flush();
  }

  private void write(Writer out, String name, ConfigNode node, ConfigNode beside, int depth)
      throws ConfigFormatException, IOException {
    if (!isName(name)) {
      throw new ConfigFormatException("an element name that could not be read again");
    }
    if (depth >= TreeHandler.MAX_DEPTH) {
      throw new ConfigFormatException("deeper than " + TreeHandler.MAX_DEPTH + " elements");
    }
    if (node instanceof Items items && !items.list().isEmpty()) {
      for (ConfigNode item : items.list()) {
        if (item instanceof Items) {
          throw new ConfigFormatException("a list inside a list under " + name);
        }
        write(out, name, item, Fields.NONE, depth);
      }
      return;
    }
    Fields fields = node.fields();
    indent(out, depth);
    out.append('<').append(name);
    attributes(out, node instanceof Fields ? fields.at(ATTRIBUTES) : beside);
    int children = fields.map().size() - (fields.get(ATTRIBUTES) == null ? 0 : 1);
    if (children == 0 && node.text().isEmpty()) {
      out.append("/>\n");
      return;
    }
    out.append('>');
    if (children == 0) {
      text(out, name, node.text(), false);
    } else {
      out.append('\n');
      for (Map.Entry<String, ConfigNode> field : fields.map().entrySet()) {
        if (!field.getKey().endsWith(ATTRIBUTES)) {
          ConfigNode attributes = fields.at(field.getKey() + ATTRIBUTES);
          write(out, field.getKey(), field.getValue(), attributes, depth + 1);
        }
      }
      indent(out, depth);
    }
    out.append("</").append(name).append(">\n");
  }

  private void attributes(Writer out, ConfigNode attributes)
      throws ConfigFormatException, IOException {
    for (Map.Entry<String, ConfigNode> attribute : attributes.fields().map().entrySet()) {
      if (!isName(attribute.getKey())) {
        throw new ConfigFormatException("an attribute name that could not be read again");
      }
      out.append(' ').append(attribute.getKey()).append("=\"");
      text(out, attribute.getKey(), attribute.getValue().text(), true);
      out.append('"');
    }
  }

  private static void indent(Writer out, int depth) throws IOException {
    for (int i = 0; i < depth; i++) {
      out.append("  ");
    }
  }

  private static void text(Writer out, String name, String text, boolean attribute)
      throws ConfigFormatException, IOException {
    if (!ConfigXml.isXml(text)) {
      throw new ConfigFormatException("a character under " + name + " that XML cannot carry");
    }
    for (int i = 0; i < text.length(); i++) {
      int c = text.codePointAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        default -> {
          if (attribute && c == '"') {
            out.append("&quot;");
          } else if (c > 0x7e || c == '\r' || (attribute && c < 0x20)) {
            out.append("&#x").append(Integer.toHexString(c).toUpperCase(java.util.Locale.ROOT));
            out.append(';');
            i += Character.charCount(c) - 1;
          } else {
            out.append((char) c);
          }
        }
      }
    }
  }
}
