package org.pfha.configsync.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Writer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Source: spec section 5.1. */
final class PfSenseFormat implements ConfigFormat, TreeHandler.Rules {
  static final PfSenseFormat INSTANCE = new PfSenseFormat();

  private static final Set<String> LISTS =
      Set.of(
          ("acls alias aliasurl allowedip allowedhostname authserver bridged build_port_path ca"
                  + " cacert cert crl clone config container columnitem checkipservice"
                  + " depends_on_package disk dnsserver dnsupdate domainoverrides dyndns"
                  + " earlyshellcmd element encryption-algorithm-option field fieldname"
                  + " gateway_item gateway_group gif gre group hash-algorithm-option hosts"
                  + " ifgroupentry igmpentry interface_array item key lagg laggroup lbaction"
                  + " lbpool l7rules lbprotocol member menu tab mobilekey mobilegroup"
                  + " monitor_type mount npt ntpserver onetoone openvpn-server openvpn-client"
                  + " openvpn-csc option package passthrumac phase1 phase2 ppp pppoe priv"
                  + " proxyarpnet pool qinqentry queue pages pipe radnsserver roll route row"
                  + " rrddatafile rule schedule service servernat servers serversdisabled"
                  + " shellcmd sshkeyfile staticmap subqueue switch swport timerange tunnel user"
                  + " vip virtual_server vlan vlangroup vxlan voucherdbfile wgpeer winsserver"
                  + " wolentry widget xmldatafile")
              .split(" "));

  private static final List<String> CDATA_PREFIXES =
      List.of(
          ("auth_pass auth_prompt auth_user certca certname city common_name descr detail email"
                  + " hint ldap_attr ldap_authcn ldap_basedn ldap_bind ldap_extended_query"
                  + " ldap_filter ldap_pass login_banner organization password rangedescr state"
                  + " text username")
              .split(" "));

  private PfSenseFormat() {}

  @Override
  public String root() {
    return "pfsense";
  }

  @Override
  public boolean isList(String name) {
    return LISTS.contains(name);
  }

  @Override
  public boolean isName(String name) {
    return ConfigXml.isName(name) && name.equals(name.toLowerCase(Locale.ROOT));
  }

  @Override
  public boolean listsAnywhere() {
    return false;
  }

  @Override
  public boolean keepsAttributes() {
    return false;
  }

  @Override
  public @Nullable String name(String element) {
    String lower = element.toLowerCase(Locale.ROOT);
    return isName(lower) ? lower : null;
  }

  /** Each piece is trimmed and decoded for itself; only spaces do not begin a text. */
  @Override
  public void chunk(CharSequence chunk, StringBuilder text) {
    int from = 0;
    int to = chunk.length();
    while (from < to && isBreak(chunk.charAt(from))) {
      from++;
    }
    while (to > from && isBreak(chunk.charAt(to - 1))) {
      to--;
    }
    int first = from;
    while (first < to && chunk.charAt(first) == ' ') {
      first++;
    }
    if (text.length() > 0 || first < to) {
      text.append(ConfigXml.decode(chunk.subSequence(from, to).toString()));
    }
  }

  private static boolean isBreak(char c) {
    return c == '\t' || c == '\n' || c == '\r';
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
    write(out, root(), tree.sections(), 0);
    out.flush();
  }

  @SuppressWarnings("ReferenceEquality") // OPENED is equal to EMPTY and is not the same
  private void write(Writer out, String name, ConfigNode node, int depth)
      throws ConfigFormatException, IOException {
    if (!isName(name)) {
      throw new ConfigFormatException("an element name that could not be read again");
    }
    if (depth >= TreeHandler.MAX_DEPTH) {
      throw new ConfigFormatException("deeper than " + TreeHandler.MAX_DEPTH + " elements");
    }
    if (node instanceof ConfigNode.Items items) {
      if (!isList(name) && !items.list().isEmpty()) {
        throw new ConfigFormatException("a list under " + name + ", which is not a list name");
      }
      for (ConfigNode item : items.list()) {
        if (item instanceof ConfigNode.Items) {
          throw new ConfigFormatException("a list inside a list under " + name);
        }
        write(out, name, item, depth);
      }
      return;
    }
    indent(out, depth);
    out.append('<').append(name).append('>');
    if (node instanceof ConfigNode.Fields fields) {
      out.append('\n');
      for (Map.Entry<String, ConfigNode> field : fields.map().entrySet()) {
        write(out, field.getKey(), field.getValue(), depth + 1);
      }
      indent(out, depth);
    } else if (node == ConfigNode.Text.OPENED) {
      out.append('\n');
      indent(out, depth);
    } else if (!node.text().isEmpty()) {
      text(out, name, node.text());
    }
    out.append("</").append(name).append(">\n");
  }

  private static void indent(Writer out, int depth) throws IOException {
    for (int i = 0; i < depth; i++) {
      out.append('\t');
    }
  }

  private static void text(Writer out, String name, String text)
      throws ConfigFormatException, IOException {
    if (!ConfigXml.isXml(text)) {
      throw new ConfigFormatException("a character under " + name + " that XML cannot carry");
    }
    boolean cdata = isCdata(name);
    if (cdata) {
      out.append("<![CDATA[");
    }
    escape(out, text); // leaves no "]]>"
    if (cdata) {
      out.append("]]>");
    }
  }

  private static boolean isCdata(String name) {
    for (String prefix : CDATA_PREFIXES) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  private static void escape(Writer out, String text) throws IOException {
    int written = 0;
    for (int i = 0; i < text.length(); i++) {
      String reference =
          switch (text.charAt(i)) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '"' -> "&quot;";
            case '\'' -> "&apos;";
            default -> "";
          };
      if (!reference.isEmpty()) {
        out.write(text, written, i - written);
        out.write(reference);
        written = i + 1;
      }
    }
    out.write(text, written, text.length() - written);
  }
}
