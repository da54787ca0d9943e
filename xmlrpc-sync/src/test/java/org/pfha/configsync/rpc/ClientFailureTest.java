package org.pfha.configsync.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.configsync.rpc.RpcException.Cause;
import org.pfha.configsync.rpc.RpcException.Step;

/** Every way a call fails has its own cause; hostile peers gain nothing: section 22, 6, 15, 20. */
@Timeout(60)
class ClientFailureTest {
  private static final byte[] TRUE =
      "<methodResponse><params><param><value><boolean>1</boolean></value></param></params></methodResponse>"
          .getBytes(UTF_8);

  private static RpcException failure(RpcClient client, Duration budget) {
    return failure(client, RpcRequest.of(Node.ACCOUNT, budget, "echo", "x"));
  }

  private static RpcException failure(RpcClient client, RpcRequest request) {
    RpcException e = catchThrowableOfType(RpcException.class, () -> client.call(request));
    assertThat(e).isNotNull();
    assertThat(e.getMessage())
        .doesNotContain(Node.SECRET)
        .doesNotContain(Node.ACCOUNT.header())
        .doesNotContainPattern("\\p{Cntrl}");
    return e;
  }

  private static RpcException failure(RpcClient client) {
    return failure(client, Duration.ofSeconds(20));
  }

  private static void assertFailure(RpcException e, Cause cause, Step step) {
    assertThat(e.reason()).isEqualTo(cause);
    assertThat(e.step()).isEqualTo(step);
  }

  private static RpcException answered(byte[] answer) throws Exception {
    try (ScriptedPeer peer = ScriptedPeer.answering(answer)) {
      return failure(peer.client());
    }
  }

  private static byte[] ok(String headers, byte[] body) {
    return ScriptedPeer.http("200 OK", headers, body);
  }

  @Test
  void aPeerThatCannotBeReachedIsNamedByCause() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    RpcException refused = failure(RpcClient.to("https://127.0.0.1:" + free).build());
    assertFailure(refused, Cause.CONNECTION_REFUSED, Step.CONNECT);
    assertThat(refused.delivered()).isFalse();
    assertFailure(
        failure(RpcClient.to("https://nosuch.invalid").build()), Cause.UNKNOWN_HOST, Step.CONNECT);
  }

  @ParameterizedTest
  @CsvSource({
    "'', EMPTY",
    "'   ', EMPTY",
    "'<!DOCTYPE html><html><body>Login</body></html>', HTML",
    "'<html>', HTML",
    "'<?xml version=\"1.0\"?><!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0\" \"x\"><html/>', HTML",
    "A valid config file backup could not be found., NOT_XML",
    "'<methodResponse><params>', MALFORMED",
    "'<methodResponse/>', MALFORMED",
    "'<methodCall><methodName>x</methodName></methodCall>', MALFORMED",
    "'<!DOCTYPE x><methodResponse/>', LIMIT"
  })
  void whatIsNoAnswerIsNamed(String body, Cause cause) throws Exception {
    RpcException e = answered(ok("", body.getBytes(UTF_8)));
    assertFailure(e, cause, Step.BODY);
    assertThat(e.delivered()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 413, 500, 502, 503, 504})
  void anHttpStatusIsNamedWithoutItsBody(int status) throws Exception {
    RpcException e =
        answered(ScriptedPeer.http(status + " Evil\u001b[2J", "", "<b>evil</b>".getBytes(UTF_8)));
    assertFailure(e, Cause.HTTP_STATUS, Step.BODY);
    assertThat(e.status()).isEqualTo(status);
    assertThat(e).hasMessage("HTTP status " + status);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void redirectsAreNotFollowedAndGetNoCredentials(int status) throws Exception {
    try (ScriptedPeer other = ScriptedPeer.answering(ok("", TRUE));
        ScriptedPeer peer =
            ScriptedPeer.answering(
                Node.IDENTITY,
                ScriptedPeer.http(
                    status + " Moved", "Location: " + other.url() + "/\r\n", new byte[0]))) {
      RpcException e = failure(peer.client());
      assertFailure(e, Cause.HTTP_STATUS, Step.BODY);
      assertThat(peer.heads).hasSize(1);
      assertThat(other.heads).isEmpty();
    }
  }

  @Test
  void opnSensesRefusalOfCredentialsIsAFailureNotAResult() throws Exception {
    String answer =
        """
        <?xml version="1.0"?>
        <methodResponse>
          <params>
            <param>
              <value>
              <string>Authentication failed</string>
              </value>
            </param>
          </params>
        </methodResponse>
        """;
    assertFailure(answered(ok("", answer.getBytes(UTF_8))), Cause.AUTHENTICATION, Step.BODY);
    String untyped = answer.replaceAll("\\s*</?string>\\s*", "").replaceAll(">\\s+", ">");
    assertFailure(answered(ok("", untyped.getBytes(UTF_8))), Cause.AUTHENTICATION, Step.BODY);
  }

  private static byte[] gzip(byte[] plain) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }

  @Test
  void compressedAnswersAreReadButBombsAreNot() throws Exception {
    try (ScriptedPeer peer = ScriptedPeer.answering(ok("Content-Encoding: gzip\r\n", gzip(TRUE)))) {
      assertThat(peer.client().call(Node.request("m")).value()).isEqualTo(true);
      assertThat(peer.heads.get(0)).contains("Accept-Encoding: gzip\r\n");
    }
    String spaces = new String(TRUE, UTF_8).replace("1<", " ".repeat(60 << 20) + "1<");
    byte[] bomb = gzip(spaces.getBytes(UTF_8));
    assertThat(bomb.length).isLessThan(100_000);
    RpcException e = answered(ok("Content-Encoding: gzip\r\n", bomb));
    assertFailure(e, Cause.LIMIT, Step.BODY);
    assertThat(e).hasMessageContaining("100 times");
    for (String encoding : List.of("gzip, gzip", "deflate", "br", "x-gzip", "compress")) {
      assertFailure(
          answered(ok("Content-Encoding: " + encoding + "\r\n", gzip(gzip(TRUE)))),
          Cause.LIMIT,
          Step.BODY);
    }
    assertFailure(answered(ok("Content-Encoding: gzip\r\n", TRUE)), Cause.MALFORMED, Step.BODY);
  }

  @Test
  void anAnswerIsCutOffAtItsLimit() throws Exception {
    try (ScriptedPeer peer =
        new ScriptedPeer(
            (in, out) -> {
              out.write("HTTP/1.1 200 OK\r\n\r\n<methodResponse>".getBytes(UTF_8));
              byte[] spaces = " ".repeat(1 << 16).getBytes(UTF_8);
              while (true) {
                out.write(spaces);
              }
            })) {
      RpcClient client = RpcClient.to(peer.url()).plainHttp().maxAnswer(300_000).build();
      RpcException e = failure(client);
      assertFailure(e, Cause.LIMIT, Step.BODY);
      assertThat(e).hasMessageContaining("300000 bytes");
    }
  }

  /** Silence in each phase: nothing takes longer than the budget. */
  @Test
  void theBudgetCoversEveryStep() throws Exception {
    Duration budget = Duration.ofMillis(700);
    try (ScriptedPeer waits =
            new ScriptedPeer((in, out) -> in.transferTo(OutputStream.nullOutputStream()));
        ScriptedPeer stalls =
            new ScriptedPeer(
                (in, out) -> {
                  out.write("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<meth".getBytes(UTF_8));
                  out.flush();
                  in.transferTo(OutputStream.nullOutputStream());
                });
        ScriptedPeer drips =
            new ScriptedPeer(
                (in, out) -> {
                  out.write("HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n".getBytes(UTF_8));
                  for (int i = 0; i < 99_999; i++) {
                    out.write(' ');
                    out.flush();
                    Thread.sleep(20);
                  }
                });
        ServerSocket silent = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
      assertLate(waits.client(), budget, Step.WAIT, "x");
      assertLate(stalls.client(), budget, Step.BODY, "x");
      assertLate(drips.client(), budget, Step.BODY, "x");
      String url = "127.0.0.1:" + silent.getLocalPort();
      RpcClient shaking =
          RpcClient.to("https://" + url)
              .trust(PeerTrust.anything())
              .connectTimeout(Duration.ofMillis(300))
              .build();
      assertLate(shaking, budget, Step.TLS, "x");
      RpcClient sending = RpcClient.to("http://" + url).plainHttp().build();
      assertLate(sending, budget, Step.SEND, "x".repeat(15 << 20));
    }
  }

  private static void assertLate(RpcClient client, Duration budget, Step step, String body) {
    long begun = System.nanoTime();
    RpcException e = failure(client, RpcRequest.of(Node.ACCOUNT, budget, "echo", body));
    assertFailure(e, Cause.TIMEOUT, step);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void aConnectionThatNobodyAcceptsTimesOutWhileConnecting() throws Exception {
    List<Socket> fill = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < 4; i++) {
        Socket socket = new Socket();
        try {
          socket.connect(full.getLocalSocketAddress(), 100);
        } catch (java.net.SocketTimeoutException e) {
          // The queue is full.
        }
        fill.add(socket);
      }
      RpcClient client =
          RpcClient.to("https://127.0.0.1:" + full.getLocalPort())
              .connectTimeout(Duration.ofMillis(300))
              .build();
      RpcException e = failure(client);
      assertFailure(e, Cause.TIMEOUT, Step.CONNECT);
      assertThat(e.delivered()).isFalse();
    } finally {
      for (Socket socket : fill) {
        socket.close();
      }
    }
  }

  @Test
  void aConnectionThatEndsEarlyIsNamed() throws Exception {
    try (ScriptedPeer peer = ScriptedPeer.answering(new byte[0])) {
      RpcException e = failure(peer.client());
      assertFailure(e, Cause.CONNECTION_LOST, Step.WAIT);
      assertThat(e.delivered()).isTrue();
    }
    assertFailure(
        answered("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<met".getBytes(UTF_8)),
        Cause.CONNECTION_LOST,
        Step.BODY);
  }

  @Test
  void whatCannotBeWrittenIsNotSent() throws Exception {
    try (ScriptedPeer peer = ScriptedPeer.answering(ok("", TRUE))) {
      RpcException e =
          failure(
              peer.client(), RpcRequest.of(Node.ACCOUNT, Duration.ofSeconds(5), "m", "a\u0001b"));
      assertFailure(e, Cause.CANNOT_BE_SENT, Step.CONNECT);
      assertThat(peer.heads).isEmpty();
    }
  }

  @Test
  void plainHttpAndCredentialsInUrlsAreRefusedAllAtOnce() {
    assertThatThrownBy(
            () ->
                RpcClient.to("http://hasync:geheim@peer/x")
                    .connectTimeout(Duration.ZERO)
                    .maxAnswer(0)
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("user and password", "plainHttp()", "path", "timeout", "0 bytes")
        .hasMessageNotContaining("geheim");
    for (String url : List.of("peer", "https:///x", "ftp://peer", "https://a b", "")) {
      assertThatThrownBy(() -> RpcClient.to(url).build())
          .as(url)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void thePeersClockAndTheBytesAreHandedUp() throws Exception {
    List<String> moves = new ArrayList<>();
    String date = "Date: Fri, 20 Nov 2026 17:17:11 +0100\r\n";
    try (ScriptedPeer peer = ScriptedPeer.answering(ok(date, TRUE))) {
      RpcAnswer answer =
          peer.client()
              .call(
                  new RpcRequest(
                      Node.ACCOUNT,
                      "m",
                      List.of("x".repeat(50_000)),
                      Duration.ofSeconds(20),
                      (sent, toSend, received) -> moves.add(sent + "/" + toSend + " " + received)));
      assertThat(answer.peerTime()).isEqualTo(Instant.parse("2026-11-20T16:17:11Z"));
      assertThat(answer.certificate()).isNull();
      assertThat(answer.received()).isEqualTo(TRUE.length);
      assertThat(moves).first().isEqualTo("16384/" + answer.sent() + " 0");
      assertThat(moves).last().isEqualTo(answer.sent() + "/" + answer.sent() + " " + TRUE.length);
      assertThat(peer.heads.get(0))
          .contains("POST /xmlrpc.php HTTP/1.1\r\n", "Content-Length: " + answer.sent() + "\r\n")
          .doesNotContain("Upgrade", "Transfer-Encoding", "HTTP2-Settings");
    }
    try (ScriptedPeer peer = ScriptedPeer.answering(ok("Date: yesterday\r\n", TRUE))) {
      assertThat(peer.client().call(Node.request("m")).peerTime()).isNull();
    }
  }

  @Test
  void interruptingTheCallerEndsTheCall() throws Exception {
    try (ScriptedPeer peer =
        new ScriptedPeer((in, out) -> in.transferTo(OutputStream.nullOutputStream()))) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> peer.client().call(Node.request("m")))
          .isInstanceOf(InterruptedException.class);
    }
  }
}
