package org.pfha.configsync.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.xml.sax.Attributes;
import org.xml.sax.InputSource;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/** {@code config.xml} by pfSense's rules. Thread-safe. Source: spec section 5.1. */
public final class ConfigXml {
  /** The longest file read, in bytes. */
  public static final int MAX_BYTES = 64 << 20;

  private static final int MAX_DEPTH = 64;
  private static final int MAX_ELEMENTS = 5_000_000;
  private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_.-]{0,127}");
  private static final Pattern ENTITY =
      Pattern.compile("&(?:(amp|lt|gt|quot|apos)|#(\\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));");

  private static final Set<String> LIST_TAGS =
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

  private ConfigXml() {}

  /**
   * Whether a name always stands for a list.
   *
   * @param name an element name
   * @return true for the product's fixed set
   */
  public static boolean isList(String name) {
    return LIST_TAGS.contains(name);
  }

  /**
   * Whether a name may become an element. The product writes any name, and then cannot read its own
   * file (spec section 22, attack 10).
   *
   * @param name the candidate
   * @return true when a file with it can be read again
   */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  static ConfigTree read(byte[] xml) throws ConfigFormatException {
    if (xml.length > MAX_BYTES) {
      throw new ConfigFormatException("longer than " + MAX_BYTES + " bytes");
    }
    Handler handler = new Handler();
    try {
      HardenedSax.parse(new InputSource(new ByteArrayInputStream(xml)), handler);
    } catch (SAXException | IOException e) {
      String where =
          handler.locator == null ? "" : " (line " + handler.locator.getLineNumber() + ")";
      String why = e instanceof Refused ? String.valueOf(e.getMessage()) : "not well-formed XML";
      throw new ConfigFormatException(why + where);
    }
    Frame root = handler.root;
    if (root == null) {
      throw new ConfigFormatException("no root element");
    }
    return new ConfigTree(root.name, root.node().fields());
  }

  static byte[] write(ConfigTree tree) throws ConfigFormatException {
    StringBuilder out = new StringBuilder(1 << 16).append("<?xml version=\"1.0\"?>\n");
    write(out, tree.root(), tree.sections(), 0);
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void write(StringBuilder out, String name, ConfigNode node, int depth)
      throws ConfigFormatException {
    if (!isName(name)) {
      throw new ConfigFormatException("an element name that could not be read again");
    }
    if (depth > MAX_DEPTH) {
      throw new ConfigFormatException("deeper than " + MAX_DEPTH + " elements");
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
    out.append("\t".repeat(depth)).append('<').append(name).append('>');
    if (node instanceof ConfigNode.Fields fields) {
      out.append('\n');
      for (Map.Entry<String, ConfigNode> field : fields.map().entrySet()) {
        write(out, field.getKey(), field.getValue(), depth + 1);
      }
      out.append("\t".repeat(depth));
    } else if (!node.text().isEmpty()) {
      text(out, name, node.text());
    }
    out.append("</").append(name).append(">\n");
  }

  private static void text(StringBuilder out, String name, String text)
      throws ConfigFormatException {
    if (!isXml(text)) {
      throw new ConfigFormatException("a character under " + name + " that XML cannot carry");
    }
    if (CDATA_PREFIXES.stream().anyMatch(name::startsWith)) {
      out.append("<![CDATA[").append(escape(text)).append("]]>"); // escape() leaves no "]]>"
    } else {
      // Readers decode entities twice: a text that looks like an entity needs two layers.
      String once = escape(text);
      out.append(ENTITY.matcher(text).find() ? escape(once) : once);
    }
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&apos;");
  }

  /**
   * Whether XML 1.0 can carry a text.
   *
   * @param text any text
   * @return false with control characters or lone surrogates
   */
  public static boolean isXml(String text) {
    return text.codePoints().allMatch(ConfigXml::isXml);
  }

  private static boolean isXml(int c) {
    return c >= 0x20
        ? c < 0xd800 || (c > 0xdfff && c < 0xfffe) || c > 0xffff
        : c == '\t' || c == '\n' || c == '\r';
  }

  private static String decode(String text) {
    Matcher matcher = ENTITY.matcher(text);
    return matcher.replaceAll(
        m -> Matcher.quoteReplacement(character(m.group(1), m.group(2), m.group(3), m.group())));
  }

  private static String character(
      @Nullable String name, @Nullable String decimal, @Nullable String hex, String whole) {
    if (name != null) {
      return switch (name) {
        case "amp" -> "&";
        case "lt" -> "<";
        case "gt" -> ">";
        case "quot" -> "\"";
        default -> "'";
      };
    }
    int c =
        decimal != null ? Integer.parseInt(decimal) : hex != null ? Integer.parseInt(hex, 16) : 0;
    return c <= Character.MAX_CODE_POINT && isXml(c) ? Character.toString(c) : whole;
  }

  private static final class Refused extends SAXException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  private static final class Frame {
    final String name;
    final StringBuilder text = new StringBuilder();
    final Map<String, ConfigNode> children = new LinkedHashMap<>();
    final Map<String, List<ConfigNode>> lists = new LinkedHashMap<>();

    Frame(String name) {
      this.name = name;
    }

    void add(Frame child) throws Refused {
      ConfigNode node = child.node();
      if (isList(child.name)) {
        if (!node.equals(ConfigNode.Text.EMPTY)) {
          lists.computeIfAbsent(child.name, n -> new ArrayList<>()).add(node);
          children.putIfAbsent(child.name, ConfigNode.Text.EMPTY); // keeps the place
        }
      } else if (children.put(child.name, node) != null) {
        throw new Refused("two elements of one name that is not a list");
      }
    }

    ConfigNode node() {
      lists.forEach((list, nodes) -> children.put(list, new ConfigNode.Items(nodes)));
      return children.isEmpty()
          ? new ConfigNode.Text(decode(trim(text)))
          : new ConfigNode.Fields(children);
    }

    private static String trim(CharSequence text) {
      int from = 0;
      int to = text.length();
      while (from < to && isBreak(text.charAt(from))) {
        from++;
      }
      while (to > from && isBreak(text.charAt(to - 1))) {
        to--;
      }
      return text.subSequence(from, to).toString();
    }

    private static boolean isBreak(char c) {
      return c == '\t' || c == '\n' || c == '\r';
    }
  }

  private static final class Handler extends DefaultHandler {
    private final Deque<Frame> open = new ArrayDeque<>();
    private int elements;
    private @Nullable Frame root;
    private @Nullable Locator locator;

    @Override
    public void setDocumentLocator(Locator locator) {
      this.locator = locator;
    }

    @Override
    public void startElement(String uri, String local, String name, Attributes attributes)
        throws SAXException {
      String lower = name.toLowerCase(Locale.ROOT);
      if (!isName(lower)) {
        throw new Refused("an element name outside [a-z_][a-z0-9_.-]*");
      }
      if (open.size() >= MAX_DEPTH || ++elements > MAX_ELEMENTS) {
        throw new Refused(
            "deeper than " + MAX_DEPTH + " or more than " + MAX_ELEMENTS + " elements");
      }
      open.push(new Frame(lower));
    }

    @Override
    public void characters(char[] chars, int start, int length) {
      if (!open.isEmpty()) {
        open.element().text.append(chars, start, length);
      }
    }

    @Override
    public void endElement(String uri, String local, String name) throws SAXException {
      Frame done = open.pop();
      if (open.isEmpty()) {
        root = done;
      } else {
        open.element().add(done);
      }
    }
  }
}
