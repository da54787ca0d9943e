package org.pfha.configsync.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Other people's XML-RPC as peers, both ways, over TLS and Basic authentication. */
@Timeout(120)
class PeerProgramsTest {
  @TempDir private Path directory;

  private static void needs(String why, String... command) throws Exception {
    boolean there;
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      there = process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      there = false;
    }
    Assumptions.assumeTrue(there, why);
  }

  private static void needsPython() throws Exception {
    needs("Python 3 is not installed", "python3", "-c", "import xmlrpc.client, ssl");
  }

  private static void needsPhp() throws Exception {
    needs(
        "PHP with php-xmlrpc and php-curl is not installed",
        "php",
        "-r",
        "exit(function_exists('xmlrpc_encode_request') && function_exists('curl_init') ? 0 : 1);");
  }

  /** Values of every type, strings of every plane; no CR: these peers write it as it is. */
  private static List<Object> values() {
    StringBuilder planes = new StringBuilder();
    for (int plane = 0; plane <= 16; plane++) {
      planes.appendCodePoint((plane << 16) + 0x1041);
    }
    Map<String, Object> struct = new LinkedHashMap<>();
    struct.put("z", "last letter first");
    struct.put("a", List.of("x", 1, true));
    struct.put("name with <&> and é", "");
    struct.put("deep", List.of(List.of(List.of("deep"))));
    return new ArrayList<>(
        List.of(
            "",
            "  leading and trailing  ",
            "<&>\"' ]]> &amp;",
            "line\nline\ttab",
            planes.toString(),
            0,
            -2147483648,
            2147483647,
            true,
            false,
            1.5,
            -0.25,
            new XmlRpc.DateTime("20261120T10:11:12"),
            List.of(),
            List.of("", "x"),
            struct,
            "large".repeat(200_000)));
  }

  private String script(String name) throws IOException {
    Path file = directory.resolve(name);
    try (InputStream in = PeerProgramsTest.class.getResourceAsStream(name)) {
      Files.write(file, in.readAllBytes());
    }
    return file.toString();
  }

  private String certificate() throws Exception {
    Path file = directory.resolve("identity.pem");
    Node.IDENTITY.save(file);
    return file.toString();
  }

  /** Lets a program call every value back and forth; it says "ok" when all came back the same. */
  private void callsUs(String... command) throws Exception {
    try (Node node = new Node()) {
      Path call = directory.resolve("values.xml");
      Files.write(call, XmlRpc.call("echo", values()).toByteArray());
      List<String> all = new ArrayList<>(List.of(command));
      all.addAll(
          List.of(
              "https://127.0.0.1:" + node.port() + "/xmlrpc.php",
              certificate(),
              Node.USER,
              Node.SECRET,
              call.toString()));
      Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(said.strip()).isEqualTo("ok");
      assertThat(process.waitFor()).isZero();
      assertThat(node.calls.get()).isGreaterThanOrEqualTo(1);
    }
  }

  /** Calls a program that echoes the list of its parameters. */
  private void answersUs(Decoding decoding, String... command) throws Exception {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of(certificate(), Node.USER, Node.SECRET));
    Process process =
        new ProcessBuilder(all).redirectError(directory.resolve("errors").toFile()).start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String url = out.readLine();
      assertThat(url).as(Files.readString(directory.resolve("errors"))).startsWith("http");
      RpcClientBuilder builder = RpcClient.to(url).decoding(decoding);
      RpcClient client =
          url.startsWith("https")
              ? builder.trust(PeerTrust.authorities(Node.IDENTITY.chain())).build()
              : builder.plainHttp().build();
      for (Object value : values()) {
        Object again =
            client.call(RpcRequest.of(Node.ACCOUNT, Duration.ofSeconds(30), "echo", value)).value();
        assertThat(Wire.canonical(again)).isEqualTo(Wire.canonical(List.of(value)));
      }
      RpcFault fault = null;
      try {
        client.call(Node.request("fail", "no <way> é"));
      } catch (RpcFault e) {
        fault = e;
      }
      assertThat(fault).isNotNull();
      assertThat(fault.code()).isEqualTo(42);
      assertThat(fault).hasMessage("no <way> é");
      RpcException refused = null;
      try {
        client.call(
            RpcRequest.of(
                new Credentials(Node.USER, "wrong".toCharArray()),
                Duration.ofSeconds(30),
                "echo",
                ""));
      } catch (RpcException e) {
        refused = e;
      }
      assertThat(refused).isNotNull();
      assertThat(refused.status()).isEqualTo(401);
    } finally {
      process.destroy();
      process.waitFor(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void pythonsClientCallsOurServer() throws Exception {
    needsPython();
    callsUs("python3", script("python_client.py"));
  }

  @Test
  void ourClientCallsPythonsServer() throws Exception {
    needsPython();
    answersUs(Decoding.STRICT, "python3", script("python_server.py"));
  }

  @Test
  void phpsClientCallsOurServer() throws Exception {
    needsPhp();
    callsUs("php", script("php_client.php"));
  }

  @Test
  void ourClientCallsPhpsServer() throws Exception {
    needsPhp();
    script("php_router.php");
    answersUs(Decoding.STRICT, "php", script("php_server.php"));
  }

  @Test
  void everyValueDiffersFromTheOthers() {
    List<String> canonical = values().stream().map(Wire::canonical).toList();
    assertThat(canonical).doesNotHaveDuplicates();
    assertThat(Collections.max(canonical.stream().map(String::length).toList()))
        .isGreaterThan(1_000_000);
  }
}
