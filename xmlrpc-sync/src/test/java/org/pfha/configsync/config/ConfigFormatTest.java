package org.pfha.configsync.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;
import org.pfha.configsync.config.ConfigNode.Text;

/** Both products' files, rule by rule (spec section 5). */
class ConfigFormatTest {

  private static ConfigTree parse(String xml) throws ConfigFormatException {
    return ConfigTree.parse(xml.getBytes(StandardCharsets.UTF_8));
  }

  private static Fields pfSense(String inside) throws ConfigFormatException {
    return parse("<pfsense>" + inside + "</pfsense>").sections();
  }

  private static Fields opnSense(String inside) throws ConfigFormatException {
    return parse("<opnsense>" + inside + "</opnsense>").sections();
  }

  private static String written(ConfigTree tree) throws ConfigFormatException {
    return new String(tree.toXml(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config-primary.xml",
        "config-secondary.xml",
        "expected-secondary-after-sync.xml",
        "opnsense-config-secondary.xml",
        "opnsense-expected-secondary-after-sync.xml"
      })
  void aFileOfTheProductIsWrittenAsItWasRead(String name) throws Exception {
    byte[] file;
    try (InputStream in = ConfigTree.class.getResourceAsStream("/org/pfha/configsync/" + name)) {
      file = in.readAllBytes();
    }
    assertThat(written(ConfigTree.parse(file))).isEqualTo(new String(file, StandardCharsets.UTF_8));
  }

  @Test
  void opnSenseWritesReferencesForWhatSomeoneTypedAsText() throws Exception {
    String typed =
        """
        <?xml version="1.0"?>
        <opnsense>
          <a n="ü&quot;">é 日 🔥&#xD;</a>
        </opnsense>
        """;
    assertThat(written(parse(typed)))
        .isEqualTo(
            """
            <?xml version="1.0"?>
            <opnsense>
              <a n="&#xFC;&quot;">&#xE9; &#x65E5; &#x1F525;&#xD;</a>
            </opnsense>
            """);
  }

  @Test
  void pfSenseNamesLoseTheirCaseAndOpnSenseNamesKeepIt() throws Exception {
    assertThat(pfSense("<WoL>x</WoL>").at("wol")).isEqualTo(new Text("x"));
    assertThat(opnSense("<WoL>x</WoL>").get("wol")).isNull();
    assertThat(opnSense("<WoL>x</WoL>").at("WoL")).isEqualTo(new Text("x"));
  }

  @Test
  void namesThatOnlyDifferInCaseCollideInPfSense() {
    assertThatThrownBy(() -> pfSense("<WoL/><wol/>")).isInstanceOf(ConfigFormatException.class);
  }

  @Test
  void aRepeatedElementThatIsNoListIsRefusedWithItsLine() {
    assertThatThrownBy(() -> pfSense("\n<nat><mode>a</mode>\n\n<mode>b</mode></nat>"))
        .isInstanceOfSatisfying(
            ConfigFormatException.class, refused -> assertThat(refused.line()).isEqualTo(4))
        .hasMessageContainingAll("mode", "line 4");
  }

  @Test
  void aRepeatedElementIsAListInOpnSense() throws Exception {
    Fields tree = opnSense("<dots><dot>a</dot><dot>b</dot></dots><one><dot>a</dot></one>");
    assertThat(tree.at("dots").fields().at("dot"))
        .isEqualTo(new Items(List.of(new Text("a"), new Text("b"))));
    assertThat(tree.at("one").fields().at("dot")).isEqualTo(new Text("a"));
  }

  @Test
  void listNamesAreListsEvenOnce() throws Exception {
    Items one = new Items(List.of(new Text("0")));
    assertThat(pfSense("<group><member>0</member></group>").at("group").items().get(0))
        .isEqualTo(Fields.NONE.with("member", one));
    assertThat(opnSense("<user><priv>0</priv></user>").at("user").items().get(0))
        .isEqualTo(Fields.NONE.with("priv", one));
  }

  @Test
  void emptyListElementsVanishInPfSenseAndStandForTheEmptyListInOpnSense() throws Exception {
    assertThat(pfSense("<sysctl><item></item></sysctl>").at("sysctl")).isEqualTo(Text.EMPTY);
    Fields sysctl = opnSense("<sysctl><item/></sysctl>").at("sysctl").fields();
    assertThat(sysctl.at("item")).isEqualTo(new Items(List.of()));
  }

  @Test
  void emptyElementsAreTexts() throws Exception {
    assertThat(pfSense("<a/><b></b><c>\n\t</c>").map().values()).containsOnly(Text.EMPTY);
    assertThat(opnSense("<a/><b></b>").map().values()).containsOnly(Text.EMPTY);
  }

  @Test
  void attributesAreLostInPfSenseAndKeptInOpnSense() throws Exception {
    assertThat(pfSense("<a uuid=\"1\"><b>x</b></a>").at("a"))
        .isEqualTo(Fields.NONE.with("b", new Text("x")));
    String file =
        """
        <?xml version="1.0"?>
        <opnsense>
          <a version="1.0">
            <b>x</b>
          </a>
          <leaf uuid="2">t</leaf>
          <empty version="3"/>
          <item uuid="4"/>
        </opnsense>
        """;
    ConfigTree tree = parse(file);
    assertThat(tree.section("a").fields().map().keySet()).containsExactly("@attributes", "b");
    assertThat(tree.section("leaf")).isEqualTo(new Text("t"));
    assertThat(tree.section("leaf@attributes")).isEqualTo(Fields.NONE.with("uuid", new Text("2")));
    assertThat(written(tree)).isEqualTo(file);
  }

  @Test
  void textBesideElementsIsLost() throws Exception {
    Fields expected = Fields.NONE.with("b", new Text("x"));
    assertThat(pfSense("<a>lost<b>x</b>too</a>").at("a")).isEqualTo(expected);
    assertThat(opnSense("<a>lost<b>x</b>too</a>").at("a")).isEqualTo(expected);
  }

  /** Recorded with PHP: each reference and each CDATA section arrives as a piece of its own. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a &amp; b                          | a & b
          <![CDATA[a &amp; &apos;b&apos;]]>  | a & 'b'
          <![CDATA[&amp;lt;]]>               | &lt;
          &amp;lt;                           | &lt;
          <![CDATA[&#233;&#xE9;&nosuch;]]>   | éé&nosuch;
          <![CDATA[&#1;]]>                   | &#1;
          """)
  void pfSenseDecodesEachPieceOnceMore(String file, String text) throws Exception {
    assertThat(pfSense("<descr>" + file + "</descr>").at("descr")).isEqualTo(new Text(text));
  }

  @Test
  void pfSenseTrimsEachPieceOfBreaksButNotOfSpaces() throws Exception {
    assertThat(pfSense("<a>\n x\n&amp;\n y \t</a>").at("a")).isEqualTo(new Text(" x& y "));
    assertThat(pfSense("<a>   </a>").at("a")).isEqualTo(Text.EMPTY);
    assertThat(opnSense("<a>\n x </a>").at("a")).isEqualTo(new Text("\n x "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a<b>&\"'c", "&lt;", "&amp;amp;", "]]>", "日本 🔥", "a\nb", "&#9;"})
  void everyTextThatAFileCanCarryComesBack(String text) throws Exception {
    for (String root : new String[] {"pfsense", "opnsense"}) {
      Fields sections = Fields.NONE.with("descr", new Text(text)).with("plain", new Text(text));
      assertThat(ConfigTree.parse(new ConfigTree(root, sections).toXml()).sections())
          .isEqualTo(sections);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bad name", "a/b", "..", "", "0", "1a", "mac><x", "WoL", "a:b", "é", "-a", "@x"})
  void aNameThatCouldNotBeReadAgainIsNeverWritten(String name) {
    ConfigTree tree = new ConfigTree("pfsense", Fields.NONE.with(name, new Text("1")));
    assertThatThrownBy(tree::toXml).isInstanceOf(ConfigFormatException.class);
    Fields nested = Fields.NONE.with(name, new Text("1"));
    assertThatThrownBy(new ConfigTree("pfsense", Fields.NONE.with("wol", nested))::toXml)
        .isInstanceOf(ConfigFormatException.class);
    if (!name.equals("WoL")) {
      assertThatThrownBy(new ConfigTree("opnsense", Fields.NONE.with("x", nested))::toXml)
          .isInstanceOf(ConfigFormatException.class);
    }
  }

  @Test
  void whatTheFileCannotHoldIsNeverWritten() {
    ConfigNode list = new Items(List.of(new Text("a"), new Text("b")));
    for (Fields bad :
        List.of(
            Fields.NONE.with("snmpd", list),
            Fields.NONE.with("rule", new Items(List.of(list))),
            Fields.NONE.with("a", new Text("\u0001")),
            Fields.NONE.with("a", new Text("\ud800")))) {
      assertThatThrownBy(new ConfigTree("pfsense", bad)::toXml)
          .isInstanceOf(ConfigFormatException.class);
    }
  }

  @Test
  void anErrorOfTheDiskIsNoErrorOfTheFile() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("disk");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            throw new IOException("disk");
          }
        };
    assertThatThrownBy(() -> ConfigFormat.pfSense().read(broken)).hasMessage("disk");
  }

  @Test
  void theOtherProductsFileIsRefused() {
    byte[] file = "<opnsense/>".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> ConfigFormat.pfSense().read(new ByteArrayInputStream(file)))
        .isInstanceOf(ConfigFormatException.class);
    assertThatThrownBy(() -> parse("<m0n0wall/>")).isInstanceOf(ConfigFormatException.class);
  }

  /** Twenty megabytes are read and written without a second copy of the document. */
  @Test
  @Timeout(60)
  void aLargeFileIsStreamed() throws Exception {
    ConfigTree large = new ConfigTree("pfsense", Fields.NONE.with("filter", rules(36_000)));
    byte[] file = large.toXml();
    assertThat(file.length).isGreaterThan(20_000_000);
    ConfigTree again = ConfigTree.parse(file);
    long[] count = new long[1];
    again
        .format()
        .write(
            again,
            new OutputStream() {
              @Override
              public void write(int b) {
                count[0]++;
              }

              @Override
              public void write(byte[] bytes, int offset, int length) {
                count[0] += length;
              }
            });
    assertThat(count[0]).isEqualTo(file.length);
    assertThat(again).isEqualTo(large);
  }

  static Fields rules(int count) {
    ConfigNode[] rules = new ConfigNode[count];
    for (int i = 0; i < count; i++) {
      Map<String, ConfigNode> rule = new LinkedHashMap<>();
      rule.put("id", Text.EMPTY);
      rule.put("tracker", new Text(Integer.toString(1_000_000_000 + i)));
      for (String name :
          List.of("type", "interface", "ipprotocol", "protocol", "statetype", "os")) {
        rule.put(name, new Text("value of " + name));
      }
      rule.put("source", Fields.NONE.with("address", new Text("10.0." + i % 256 + ".0/24")));
      rule.put("destination", Fields.NONE.with("any", Text.EMPTY).with("port", new Text("443")));
      rule.put("descr", new Text("rule number " + i + " with a text of some words & signs"));
      rule.put("updated", Fields.NONE.with("time", new Text("1700000000")));
      rules[i] = new Fields(rule);
    }
    return Fields.NONE.with("rule", new Items(List.of(rules)));
  }
}
