package org.pfha.configsync.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.configsync.rpc.RpcFormatException.Flaw;

/** Attacks by the document: spec section 22, rows 1 to 4, 8, 9 and 30. */
@Timeout(60)
class XmlAttackTest {

  private static void refused(byte[] body, Flaw... flaws) {
    for (Decoding decoding : Decoding.values()) {
      assertThatThrownBy(() -> XmlRpc.decodeCall(body, decoding))
          .as(decoding.name())
          .isInstanceOfSatisfying(
              RpcFormatException.class, e -> assertThat(e.flaw()).isIn((Object[]) flaws));
    }
  }

  private static byte[] withDoctype(String doctype, String text) {
    return (doctype
            + "<methodCall><methodName>m</methodName><params><param><value><string>"
            + text
            + "</string></value></param></params></methodCall>")
        .getBytes(UTF_8);
  }

  @Test
  void externalEntitiesAreNeitherReadNorFetched(@TempDir Path directory) throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "stolen");
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      listener.setSoTimeout(200);
      String url = "http://127.0.0.1:" + listener.getLocalPort() + "/x.dtd";
      for (String doctype :
          List.of(
              "<!DOCTYPE x [<!ENTITY e SYSTEM \"" + secret.toUri() + "\">]>",
              "<!DOCTYPE x [<!ENTITY e SYSTEM \"" + url + "\">]>",
              "<!DOCTYPE x SYSTEM \"" + url + "\">",
              "<!DOCTYPE x [<!ENTITY % p SYSTEM \"" + url + "\"> %p;]>",
              "<!DOCTYPE x PUBLIC \"-//X\" \"" + url + "\">")) {
        refused(withDoctype(doctype, "&e;"), Flaw.REFUSED);
      }
      assertThatThrownBy(listener::accept).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void entitiesAreNotExpanded() {
    StringBuilder laughs = new StringBuilder("<!DOCTYPE x [<!ENTITY l0 \"lol\">");
    for (int i = 1; i < 10; i++) {
      laughs.append("<!ENTITY l").append(i).append(" \"");
      laughs.append(("&l" + (i - 1) + ";").repeat(10)).append("\">");
    }
    byte[] billion = withDoctype(laughs + "]>", "&l9;");
    byte[] quadratic =
        withDoctype(
            "<!DOCTYPE x [<!ENTITY a \"" + "a".repeat(50_000) + "\">]>", "&a;".repeat(20_000));
    long before = allocated();
    refused(billion, Flaw.REFUSED);
    refused(quadratic, Flaw.REFUSED);
    assertThat(allocated() - before).as("bytes for three readers").isLessThan(16L << 20);
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean)
            java.lang.management.ManagementFactory.getThreadMXBean())
        .getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  @ParameterizedTest
  @ValueSource(strings = {"serializable", "jaxb", "dom", "bigdecimal", "dateTime", "float"})
  void extensionTypesAreRefusedOrLeftOut(String type) throws RpcFormatException {
    byte[] call =
        Wire.call(
            "<ex:%s xmlns:ex=\"http://ws.apache.org/xmlrpc/namespaces/extensions\">rO0ABXA=</ex:%s>"
                .formatted(type, type));
    for (Decoding decoding : List.of(Decoding.STRICT, Decoding.LIKE_PFSENSE)) {
      assertThatThrownBy(() -> XmlRpc.decodeCall(call, decoding))
          .isInstanceOf(RpcFormatException.class);
    }
    assertThat(XmlRpc.decodeCall(call, Decoding.LIKE_OPNSENSE).parameters()).isEmpty();
  }

  /** A serialized object that sets a flag when it is read. */
  static final class Gadget implements java.io.Serializable {
    private static final long serialVersionUID = 1L;
    static boolean read;

    private void readObject(java.io.ObjectInputStream in) {
      read = true;
    }
  }

  @Test
  void aFaultCauseIsNeverDeserialised() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (java.io.ObjectOutputStream out = new java.io.ObjectOutputStream(bytes)) {
      out.writeObject(new Gadget());
    }
    String base64 = java.util.Base64.getEncoder().encodeToString(bytes.toByteArray());
    String fault =
        "<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>7</int>"
            + "</value></member><member><name>faultString</name><value>"
            + "x".repeat(10_000)
            + "</value></member><member><name>faultCause</name><value><base64>"
            + base64
            + "</base64></value></member></struct></value></fault></methodResponse>";
    assertThatThrownBy(() -> XmlRpc.decodeResponse(fault.getBytes(UTF_8)))
        .isInstanceOfSatisfying(
            RpcFault.class,
            e -> {
              assertThat(e.code()).isEqualTo(7);
              assertThat(e.getMessage()).hasSize(4096);
              assertThat(e).hasNoCause();
            });
    assertThat(Gadget.read).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {65, 5_000, 500_000})
  void valuesNestedTooDeepAreRefused(int depth) {
    String array = "<array><data><value>";
    refused(
        Wire.call(array.repeat(depth - 1) + "x" + "</value></data></array>".repeat(depth - 1)),
        Flaw.REFUSED);
    String struct = "<struct><member><name>a</name><value>";
    refused(
        Wire.call(struct.repeat(depth - 1) + "x" + "</value></member></struct>".repeat(depth - 1)),
        Flaw.REFUSED);
  }

  @ParameterizedTest
  @EnumSource(Decoding.class)
  void valuesNestedAsDeepAsAllowedAreRead(Decoding decoding) throws RpcFormatException {
    String array = "<array><data><value>";
    byte[] call = Wire.call(array.repeat(63) + "x" + "</value></data></array>".repeat(63));
    assertThat(XmlRpc.decodeCall(call, decoding).parameters()).hasSize(1);
  }

  @Test
  void manySmallThingsAreRefused() throws Exception {
    refused(Wire.call("<int>" + "9".repeat(21) + "</int>"), Flaw.REFUSED);
    refused(Wire.call("<i8>-" + "0".repeat(1_000_000) + "1</i8>"), Flaw.REFUSED);
    String name = "n".repeat(257);
    refused(
        Wire.call("<struct><member><name>" + name + "</name><value/></member></struct>"),
        Flaw.REFUSED);
    refused(Wire.call("<string>" + "x".repeat((16 << 20) + 1) + "</string>"), Flaw.REFUSED);
    refused(
        ("<methodCall><methodName>m</methodName><params>"
                + "<param><value>1</value></param>".repeat(17)
                + "</params></methodCall>")
            .getBytes(UTF_8),
        Flaw.REFUSED);
    refused(
        ("<methodCall><methodName>" + "m".repeat(300) + "</methodName></methodCall>")
            .getBytes(UTF_8),
        Flaw.REFUSED);
  }

  @Test
  void moreValuesThanAnyConfigurationHasAreRefused() {
    String unit = "<value/>".repeat(10_000);
    byte[] item = unit.getBytes(UTF_8);
    InputStream endless =
        new InputStream() {
          private final byte[] head =
              "<methodCall><methodName>m</methodName><params><param><value><array><data>"
                  .getBytes(UTF_8);
          private long at;

          @Override
          public int read() {
            byte b =
                at < head.length ? head[(int) at] : item[(int) ((at - head.length) % item.length)];
            at++;
            return b;
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            for (int i = offset; i < offset + length; i++) {
              bytes[i] = (byte) read();
            }
            return length;
          }
        };
    assertThatThrownBy(() -> XmlRpc.decodeCall(endless, Decoding.LIKE_OPNSENSE))
        .isInstanceOf(RpcFormatException.class)
        .hasMessage("more than 5000000 values");
  }

  @Test
  void emptyMembersWithoutEndAreRefused() {
    // Elements that are no values: the parser would hand on every one of them.
    String call =
        "<methodCall><methodName>m</methodName><params>" + "<param/>".repeat(30) + "</params>";
    refused((call + "</methodCall>").getBytes(UTF_8), Flaw.REFUSED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"<!--%s-->", "<a b=\"%s\"/>", "<?p %s?>"})
  void markupWithoutEndIsRefusedBeforeItIsCollected(String markup) {
    byte[] call =
        ("<methodCall>" + markup.formatted("x > y ".repeat(3_000_000)) + "</methodCall>")
            .getBytes(UTF_8);
    refused(call, Flaw.REFUSED);
  }

  @Test
  void onlyUtf8AndMarkedUtf16AreRead() throws Exception {
    String document =
        "<methodCall><methodName>m</methodName><params><param><value>é𝄞</value></param></params>"
            + "</methodCall>";
    for (String prolog :
        List.of("", "<?xml version=\"1.0\"?>", "<?xml version='1.0' encoding='UTF-8'?>")) {
      assertThat(read(("\uFEFF" + prolog + document).getBytes(UTF_8))).isEqualTo("é𝄞");
      assertThat(read((prolog + document).getBytes(UTF_8))).isEqualTo("é𝄞");
    }
    String utf16 = "\uFEFF<?xml version=\"1.0\" encoding=\"utf-16\"?>" + document;
    assertThat(read(utf16.getBytes(StandardCharsets.UTF_16BE))).isEqualTo("é𝄞");
    assertThat(read(utf16.getBytes(StandardCharsets.UTF_16LE))).isEqualTo("é𝄞");

    Map<String, byte[]> tricks = new HashMap<>();
    tricks.put("UTF-16 without a mark", document.getBytes(StandardCharsets.UTF_16BE));
    tricks.put("UTF-32", document.getBytes(Charset.forName("UTF-32")));
    tricks.put("UTF-7", declared("utf-7", document));
    tricks.put("UTF-32 declared", declared("utf-32", document));
    tricks.put("EBCDIC", declared("ibm037", document));
    tricks.put("UTF-16 declared only", declared("utf-16", document));
    tricks.put("Latin-1 beyond ASCII", declared("iso-8859-1", document));
    tricks.put("XML 1.1", ("<?xml version=\"1.1\"?>" + document).getBytes(UTF_8));
    tricks.put("overlong '<'", bytes(document, 0xC0, 0xBC));
    tricks.put("a surrogate in three bytes", bytes(document, 0xED, 0xA0, 0x80));
    tricks.put("a truncated character", bytes(document, 0xE2, 0x82));
    tricks.put("NUL", bytes(document, 0));
    tricks.put("U+FFFE", bytes(document, 0xEF, 0xBF, 0xBE));
    tricks.put("a reference to NUL", document.replace("é", "&#0;").getBytes(UTF_8));
    tricks.put("a reference to a surrogate", document.replace("é", "&#xD800;").getBytes(UTF_8));
    List<String> accepted = new ArrayList<>();
    tricks.forEach(
        (name, body) -> {
          for (Decoding decoding : Decoding.values()) {
            try {
              XmlRpc.decodeCall(body, decoding);
              accepted.add(name);
            } catch (RpcFormatException e) {
              assertThat(e.flaw()).as(name).isIn(Flaw.NOT_XML, Flaw.REFUSED);
            }
          }
        });
    assertThat(accepted).isEmpty();
  }

  private static byte[] declared(String encoding, String document) {
    return ("<?xml version=\"1.0\" encoding=\"" + encoding + "\"?>" + document).getBytes(UTF_8);
  }

  private static byte[] bytes(String document, int... in) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int at = document.indexOf('é');
    out.writeBytes(document.substring(0, at).getBytes(UTF_8));
    for (int b : in) {
      out.write(b);
    }
    out.writeBytes(document.substring(at + 1).getBytes(UTF_8));
    return out.toByteArray();
  }

  private static Object read(byte[] body) throws Exception {
    return XmlRpc.decodeCall(new ByteArrayInputStream(body), Decoding.STRICT).parameters().get(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\u0000", "a\u0001b", "\u000B", "\uFFFE", "\uD800", "x\uDC00", "\u001B[2J"})
  void whatXmlCannotCarryIsRefusedWhereItIsSent(String text) {
    assertThatThrownBy(() -> XmlRpc.encodeCall("m", text))
        .isInstanceOf(RpcFormatException.class)
        .hasMessageMatching("cannot be sent: a text holds U\\+[0-9A-F]{4}, .*");
    assertThatThrownBy(() -> XmlRpc.encodeCall("m", Map.of(text, "x")))
        .isInstanceOf(RpcFormatException.class);
  }
}
