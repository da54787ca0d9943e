package org.pfha.configsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcFault;
import org.pfha.configsync.rpc.RpcFormatException;
import org.pfha.configsync.rpc.RpcServer;
import org.pfha.configsync.rpc.XmlRpc;

/** Whatever arrives, readers answer with their own exception and the configuration stays. */
@Timeout(60)
class HostileInputTest {
  private static final char[] SECRET = "secret".toCharArray();
  private static final String CALL =
      "<methodCall><methodName>pfsense.restore_config_section</methodName><params><param>"
          + "<value>%s</value></param></params></methodCall>";

  private ConfigStore store;
  private RpcServer server;

  @BeforeEach
  void start() throws IOException {
    store = ConfigStores.inMemory(Samples.bytes("config-secondary.xml"));
    ConfigSecondary secondary =
        ConfigSecondary.over(store).credentials("hasync", SECRET).areas(SyncArea.all()).build();
    server = secondary.server();
  }

  /** Documents that are well-formed or nearly so, and meant to hurt. */
  static List<String> attacks() {
    StringBuilder laughs = new StringBuilder("<!DOCTYPE x [<!ENTITY l0 \"lol\">");
    for (int i = 1; i < 20; i++) {
      laughs.append("<!ENTITY l").append(i).append(" \"");
      laughs.append(("&l" + (i - 1) + ";").repeat(10)).append("\">");
    }
    String blowUp = "<!DOCTYPE x [<!ENTITY a \"" + "a".repeat(50_000) + "\">]>";
    return List.of(
        "<!DOCTYPE x><pfsense/>",
        "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>%s&e;%s",
        "<!DOCTYPE x SYSTEM \"http://127.0.0.1:1/x.dtd\">%s%s",
        "<!DOCTYPE x [<!ENTITY % p SYSTEM \"http://127.0.0.1:1/x\"> %p;]>%s%s",
        laughs + "]>%s&l19;%s",
        blowUp + "%s" + "&a;".repeat(20_000) + "%s",
        "<?xml version=\"1.0\" encoding=\"nonsense\"?>%s%s",
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>%s%s",
        "<?xml version=\"1.1\"?>%s\u0001%s",
        "%s&undefined;%s",
        "%s&#0;%s",
        "%s&#xD800;%s",
        "%s<x xmlns:a=\"u\"><a:b/>%s",
        "%s" + "<a>".repeat(200_000),
        "%s" + "<a>".repeat(100_000) + "</a>".repeat(100_000) + "%s",
        "");
  }

  private static byte[] around(String attack, String before, String after) {
    // Not String.format: entity declarations contain '%'.
    int first = attack.indexOf("%s");
    int last = attack.lastIndexOf("%s");
    String text = attack;
    if (first >= 0) {
      String middle =
          last > first ? attack.substring(first + 2, last) : attack.substring(first + 2);
      text = attack.substring(0, first) + before + middle + (last > first ? after : "");
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void noDocumentHurtsTheReaderOfConfigurations(String attack) {
    byte[] bytes = around(attack, "<pfsense><version>", "</version></pfsense>");
    assertThatThrownBy(() -> ConfigTree.parse(bytes)).isInstanceOf(ConfigFormatException.class);
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void noDocumentHurtsTheReaderOfCalls(String attack) throws Exception {
    byte[] call =
        around(
            attack,
            "<methodCall><methodName>pfsense.restore_config_section</methodName><params><param>"
                + "<value><struct><member><name>wol</name><value><string>",
            "</string></value></member></struct></value></param></params></methodCall>");
    assertThatThrownBy(() -> XmlRpc.decodeCall(call)).isInstanceOf(RpcFormatException.class);
    byte[] response =
        around(
            attack,
            "<methodResponse><params><param><value><string>",
            "</string></value></param></params></methodResponse>");
    assertThatThrownBy(() -> XmlRpc.decodeResponse(response))
        .isInstanceOf(RpcFormatException.class);
    assertThat(faultOf(call)).isEqualTo(-32700);
    assertUntouched();
  }

  @ParameterizedTest
  @ValueSource(ints = {85, 1_000, 100_000})
  void deeplyNestedValuesAreRefused(int depth) throws Exception {
    String open = "<array><data><value>";
    String close = "</value></data></array>";
    String call = CALL.formatted(open.repeat(depth) + "x" + close.repeat(depth));
    assertThat(faultOf(call.getBytes(StandardCharsets.UTF_8))).isEqualTo(-32700);
    assertUntouched();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<struct><member><name>a&gt;&lt;b</name><value>x</value></member></struct>",
        "<struct><member><name></name><value>x</value></member></struct>",
        "<struct><member><name>../../etc</name><value>x</value></member></struct>",
        "<struct><member><name>unknown_section</name><value>x</value></member></struct>",
        "<struct><member><name>interfaces</name><value><struct/></value></member></struct>",
        "<struct><member><name>hasync</name><value><struct/></value></member></struct>",
        "<struct><member><name>filter</name><value><int>7</int></value></member></struct>",
        "<struct><member><name>wol</name><value><base64>AAAA</base64></value></member></struct>",
        "<struct><member><name>wol</name><value><nil/></value></member></struct>",
        "<array><data><value>filter</value></data></array>",
        "<string>filter</string>",
        "<nil/>"
      })
  void whatNoPrimarySendsIsRefusedAsAWhole(String value) throws Exception {
    assertThat(faultOf(CALL.formatted(value).getBytes(StandardCharsets.UTF_8))).isEqualTo(-32602);
    assertUntouched();
  }

  @Test
  void aFaultOfAnyShapeIsAFault() {
    for (String value :
        List.of(
            "<string>x</string>",
            "<array><data/></array>",
            "<struct/>",
            "<struct><member><name>faultCode</name><value><array><data/></array></value>"
                + "</member></struct>",
            "<struct><member><name>faultString</name><value><int>1</int></value></member>"
                + "</struct>")) {
      String answer =
          "<methodResponse><fault><value>" + value + "</value></fault></methodResponse>";
      assertThatThrownBy(() -> XmlRpc.decodeResponse(answer.getBytes(StandardCharsets.UTF_8)))
          .as(value)
          .isInstanceOf(RpcFault.class);
    }
  }

  @Test
  void randomBytesNeverThrowAnythingElse() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] config = Samples.bytes("config-primary.xml");
    byte[] call =
        CALL.formatted(
                "<struct><member><name>wol</name><value><array><data><value><int>5</int></value>"
                    + "<value><dateTime.iso8601>20261120T10:11:12</dateTime.iso8601></value>"
                    + "<value><double>1.5</double></value><value>&amp;x</value></data></array>"
                    + "</value></member></struct>")
            .getBytes(StandardCharsets.UTF_8);
    byte[] answer =
        new String(call, StandardCharsets.UTF_8)
            .replaceFirst("<methodCall><methodName>.*</methodName>", "<methodResponse>")
            .replace("</methodCall>", "</methodResponse>")
            .getBytes(StandardCharsets.UTF_8);
    List<String> thrown = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      String run = "seed " + seed + ", run " + i;
      try {
        reread(i % 10 == 0 ? mutated(config, random) : noise(random));
        decode(i % 3 == 0 ? noise(random) : mutated(call, random));
        decode(mutated(answer, random));
        Samples.exchange(server, "hasync", SECRET, mutated(call, random));
      } catch (RuntimeException | StackOverflowError e) {
        thrown.add(run + ": " + e);
      }
    }
    assertThat(thrown).isEmpty();
    assertUntouched();
  }

  private static void reread(byte[] bytes) {
    try {
      ConfigTree.parse(ConfigTree.parse(bytes).toXml());
    } catch (ConfigFormatException e) {
      assertThat(e).hasMessageNotContaining("carp-lan-pass");
    }
  }

  private static void decode(byte[] bytes) {
    try {
      XmlRpc.decodeCall(bytes);
    } catch (RpcFormatException e) {
      assertThat(e).hasNoCause();
    }
    try {
      XmlRpc.decodeResponse(bytes);
    } catch (RpcFormatException | RpcFault e) {
      assertThat(e).hasNoCause();
    }
  }

  private static byte[] noise(Random random) {
    byte[] bytes = new byte[random.nextInt(300)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] mutated(byte[] original, Random random) {
    byte[] bytes = original.clone();
    for (int n = random.nextInt(4); n >= 0; n--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(3)) {
        case 0 -> bytes[at] = (byte) random.nextInt();
        case 1 -> bytes[at] = (byte) "<>&/; \u0000".charAt(random.nextInt(7));
        default -> {
          int length = random.nextInt(Math.min(40, bytes.length - at) + 1);
          byte[] copy = Arrays.copyOfRange(bytes, at, at + length);
          System.arraycopy(copy, 0, bytes, random.nextInt(bytes.length - length + 1), length);
        }
      }
    }
    return random.nextInt(8) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  private int faultOf(byte[] call) throws Exception {
    byte[] answer = Samples.exchange(server, "hasync", SECRET, call);
    try {
      XmlRpc.decodeResponse(answer);
      return 0;
    } catch (RpcFault fault) {
      return fault.code();
    }
  }

  private void assertUntouched() throws IOException {
    assertThat(store.load()).isEqualTo(Samples.bytes("config-secondary.xml"));
  }
}
