package org.pfha.configsync.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks by the request: spec section 22, rows 6, 7, 19 and 28. */
@Timeout(60)
class HttpAttackTest {
  private static final String POST = "POST /xmlrpc.php HTTP/1.1\r\nHost: peer\r\n";
  private static final String CLOSE = "Connection: close\r\n";

  private static void refused(Node node, String status, String head, String body) throws Exception {
    assertThat(node.exchange(head, body)).as(head).startsWith("HTTP/1.1 " + status + " ");
    assertThat(node.calls).hasValue(0);
  }

  @Test
  void onlyOneMethodAndOnePathAreAnswered() throws Exception {
    try (Node node = new Node()) {
      String rest = "Host: peer\r\n" + CLOSE + Node.authorization() + "Content-Length: 0\r\n";
      for (String method : List.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH")) {
        refused(node, "405", method + " /xmlrpc.php HTTP/1.1\r\n" + rest, "");
      }
      refused(node, "501", "BREW /xmlrpc.php HTTP/1.1\r\n" + rest, "");
      for (String path :
          List.of(
              "/",
              "/xmlrpc.php/",
              "/xmlrpc.php?x",
              "//xmlrpc.php",
              "/XMLRPC.php",
              "/%78mlrpc.php",
              "/a/../xmlrpc.php",
              "/xmlrpc.php;x")) {
        refused(node, "404", "POST " + path + " HTTP/1.1\r\n" + rest, "");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Content-Length: -5\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: \r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Authorization: Basic eDp5\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nHost: other\r\n",
        "Content-Length: 5\r\nConten t-Type: x\r\n"
      })
  void aRequestThatTwoReadersCouldReadDifferentlyIsRefused(String headers) throws Exception {
    String smuggled =
        POST
            + CLOSE
            + Node.authorization()
            + "Content-Length: "
            + Node.call("echo").length()
            + "\r\n\r\n"
            + Node.call("echo");
    try (Node node = new Node()) {
      String answer = node.exchange(POST + Node.authorization() + headers, "hello" + smuggled);
      assertThat(answer).matches("(?s)(HTTP/1.1 (400|501) .*)?");
      assertThat(answer.split("HTTP/1\\.1 ", -1).length).as("answers").isLessThanOrEqualTo(2);
      assertThat(node.calls).hasValue(0);
    }
  }

  @Test
  void anAbsoluteTargetIsRefused() throws Exception {
    try (Node node = new Node()) {
      refused(
          node,
          "400",
          "POST https://other/xmlrpc.php HTTP/1.1\r\nHost: peer\r\n"
              + CLOSE
              + Node.authorization()
              + "Content-Length: 0\r\n",
          "");
    }
  }

  @Test
  void theCallerIsTheSocketsAddressWhateverHeadersSay() throws Exception {
    try (Node node = new Node()) {
      String answer =
          node.post(
              Node.authorization()
                  + "X-Forwarded-For: 203.0.113.9\r\nForwarded: for=203.0.113.9\r\n",
              Node.call("who"));
      assertThat(answer).startsWith("HTTP/1.1 200").contains("127.0.0.1").doesNotContain("203.0");
    }
  }

  @Test
  void compressedRequestsAreNotInflated() throws Exception {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bomb)) {
      gzip.write(new byte[10 << 20]);
    }
    try (Node node = new Node()) {
      for (String encoding : List.of("gzip", "deflate", "br", "gzip, gzip", "GZIP")) {
        assertThat(
                node.exchange(
                    POST
                        + CLOSE
                        + Node.authorization()
                        + "Content-Encoding: "
                        + encoding
                        + "\r\nContent-Length: 3\r\n",
                    "xxx"))
            .as(encoding)
            .startsWith("HTTP/1.1 415 ");
      }
      assertThat(node.calls).hasValue(0);
    }
  }

  @Test
  void anAnnouncedBodyBeyondTheLimitIsRefusedUnread() throws Exception {
    try (Node node =
        new Node(Node.LOOPBACK, Node.limits(Duration.ofSeconds(5), Duration.ofSeconds(5), 8))) {
      refused(
          node,
          "413",
          POST + Node.authorization() + "Content-Length: " + ((1 << 20) + 1) + "\r\n",
          "");
    }
  }

  @Test
  void anUnannouncedBodyBeyondTheLimitIsCutOff() throws Exception {
    try (Node node =
        new Node(Node.LOOPBACK, Node.limits(Duration.ofSeconds(5), Duration.ofSeconds(5), 8))) {
      StringBuilder body = new StringBuilder();
      chunk(body, "<methodCall><methodName>echo</methodName><params><param><value><array><data>");
      for (int i = 0; i < 40; i++) {
        chunk(body, "<value>" + "x".repeat(30_000) + "</value>");
      }
      refused(
          node,
          "413",
          POST + Node.authorization() + "Transfer-Encoding: chunked\r\n",
          body + "0\r\n\r\n");
    }
  }

  private static void chunk(StringBuilder body, String text) {
    body.append(Integer.toHexString(text.length())).append("\r\n").append(text).append("\r\n");
  }

  @Test
  void slowHeadsSlowBodiesAndSilentConnectionsDoNotStarveOthers() throws Exception {
    ServerLimits limits = Node.limits(Duration.ofMillis(1500), Duration.ofMillis(1500), 8);
    try (Node node = new Node(Node.LOOPBACK, limits)) {
      List<SSLSocket> slow = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        SSLSocket socket = node.connect();
        slow.add(socket);
        String head = POST + Node.authorization() + "Content-Length: 1000\r\n";
        if (i % 2 == 0) {
          socket.getOutputStream().write("POST /xml".getBytes(StandardCharsets.US_ASCII));
        } else {
          Node.send(socket, head, "<methodCall>");
        }
        socket.getOutputStream().flush();
      }
      for (SSLSocket socket : slow) {
        assertThat(Node.rest(socket)).as("closed without an answer").isEmpty();
      }
      assertThat(node.post(Node.authorization(), Node.call("echo"))).startsWith("HTTP/1.1 200");
      assertThat(node.calls).hasValue(1);
    }
  }

  @Test
  void aCallerThatDoesNotTakeItsAnswerIsLetGo() throws Exception {
    ServerLimits limits =
        new ServerLimits(
            32 << 20,
            2,
            2,
            2,
            Duration.ofSeconds(5),
            1000,
            Duration.ofSeconds(1),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5));
    try (Node node = new Node(Node.LOOPBACK, limits)) {
      List<SSLSocket> deaf = new ArrayList<>();
      String body =
          "<methodCall><methodName>echo</methodName><params><param><value>"
              + "x".repeat(12 << 20)
              + "</value></param></params></methodCall>";
      String head = POST + Node.authorization() + "Content-Length: " + body.length() + "\r\n";
      for (int i = 0; i < 10 && deaf.size() < 2; i++) {
        SSLSocket socket = node.connect();
        try {
          Node.send(socket, head, body);
          deaf.add(socket);
        } catch (IOException e) {
          socket.close(); // on a busy machine the request itself is too slow for these limits
        }
      }
      assertThat(deaf).as("requests that arrived").hasSize(2);
      String answer = "";
      for (int i = 0; i < 100 && !answer.startsWith("HTTP/1.1 200"); i++) {
        answer = attempt(node);
      }
      assertThat(answer).startsWith("HTTP/1.1 200");
      for (SSLSocket socket : deaf) {
        socket.close();
      }
    }
  }

  /** Busy servers close connections; that is no answer. */
  private static String attempt(Node node) throws Exception {
    try {
      return node.post(Node.authorization(), Node.call("echo"));
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void oneAddressGetsOnlyItsShareOfTheThreads() throws Exception {
    try (Node node =
        new Node(Node.LOOPBACK, Node.limits(Duration.ofSeconds(20), Duration.ofSeconds(20), 2))) {
      List<SSLSocket> held = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        SSLSocket socket = node.connect();
        held.add(socket);
        Node.send(
            socket,
            POST + Node.authorization() + "Content-Length: " + Node.call("wait").length() + "\r\n",
            Node.call("wait"));
      }
      assertThat(node.entered.await(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
      String answer = "refused";
      for (int i = 0; i < 100 && !answer.isEmpty(); i++) {
        answer = attempt(node); // until both are held
      }
      assertThat(answer).as("a third connection of the same address").isEmpty();
      node.release.countDown();
      for (SSLSocket socket : held) {
        socket.close();
      }
      for (int i = 0; i < 100 && !answer.startsWith("HTTP/1.1 200"); i++) {
        answer = attempt(node);
      }
      assertThat(answer).startsWith("HTTP/1.1 200");
    }
  }
}
