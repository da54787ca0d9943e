package org.pfha.examples.bench;

import java.nio.charset.StandardCharsets;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigTree;

/** Invented configurations in the pfSense layout, as large as firewalls get. */
final class LargeConfig {
  static final String REVISION = "24.5";

  private LargeConfig() {}

  /** A primary's; each edition differs from the others in one rule. */
  static ConfigTree primary(int rules, int aliases, int edition) throws ConfigFormatException {
    StringBuilder xml = new StringBuilder();
    xml.append("<?xml version=\"1.0\"?>\n<pfsense>\n\t<version>").append(REVISION);
    xml.append("</version>\n\t<system>\n\t\t<hostname>fw-a</hostname>\n\t</system>\n\t<filter>\n");
    for (int i = 0; i < rules; i++) {
      rule(xml, i, i == rules / 2 ? edition : 0);
    }
    xml.append("\t</filter>\n\t<aliases>\n");
    for (int i = 0; i < aliases; i++) {
      alias(xml, i);
    }
    xml.append("\t</aliases>\n</pfsense>\n");
    return parse(xml.toString());
  }

  /** A secondary's, with nothing in it yet. */
  static byte[] secondary() {
    return ("<?xml version=\"1.0\"?>\n<pfsense>\n\t<version>"
            + REVISION
            + "</version>\n\t<system>\n\t\t<hostname>fw-b</hostname>\n\t</system>\n</pfsense>\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static ConfigTree parse(String xml) throws ConfigFormatException {
    return ConfigTree.parse(xml.getBytes(StandardCharsets.UTF_8));
  }

  private static void rule(StringBuilder xml, int i, int edition) {
    xml.append("\t\t<rule>\n");
    field(xml, "id", "");
    field(xml, "tracker", Integer.toString(1_700_000_000 + i));
    field(xml, "type", i % 7 == 0 ? "block" : "pass");
    field(xml, "interface", i % 3 == 0 ? "wan" : "opt" + i % 5);
    field(xml, "ipprotocol", "inet");
    field(xml, "tag", "");
    field(xml, "tagged", "");
    field(xml, "max", "");
    field(xml, "max-src-nodes", "");
    field(xml, "statetype", "<![CDATA[keep state]]>");
    field(xml, "os", "");
    field(xml, "protocol", i % 2 == 0 ? "tcp" : "udp");
    xml.append("\t\t\t<source>\n\t\t\t\t<address>alias_").append(i % 5000);
    xml.append("</address>\n\t\t\t</source>\n\t\t\t<destination>\n\t\t\t\t<address>10.");
    xml.append(i >> 8 & 255).append('.').append(i & 255).append(".0/24</address>\n");
    xml.append("\t\t\t\t<port>").append(1024 + i % 60_000).append("</port>\n");
    xml.append("\t\t\t</destination>\n");
    field(xml, "descr", "<![CDATA[Rule " + i + ", edition " + edition + ": Büro &amp; Lager]]>");
    xml.append("\t\t\t<updated>\n\t\t\t\t<time>1700000000</time>\n\t\t\t\t<username>");
    xml.append("<![CDATA[admin@192.0.2.7 (Local Database)]]></username>\n\t\t\t</updated>\n");
    xml.append("\t\t</rule>\n");
  }

  private static void alias(StringBuilder xml, int i) {
    xml.append("\t\t<alias>\n");
    field(xml, "name", "alias_" + i);
    field(xml, "type", "host");
    StringBuilder addresses = new StringBuilder();
    StringBuilder details = new StringBuilder();
    for (int n = 0; n < 6; n++) {
      addresses.append(n == 0 ? "" : " ").append("10.").append(n).append('.');
      addresses.append(i >> 8 & 255).append('.').append(i & 255);
      details.append(n == 0 ? "" : "||").append("Entry ").append(n).append(" of ").append(i);
    }
    field(xml, "address", addresses.toString());
    field(xml, "descr", "<![CDATA[Hosts of group " + i + "]]>");
    field(xml, "detail", "<![CDATA[" + details + "]]>");
    xml.append("\t\t</alias>\n");
  }

  private static void field(StringBuilder xml, String name, String value) {
    xml.append("\t\t\t<").append(name).append('>').append(value);
    xml.append("</").append(name).append(">\n");
  }
}
