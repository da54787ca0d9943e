package org.pfha.examples.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server answers to friends, to strangers and to those who are slow. */
@Timeout(60)
class StatusServerTest {

  private static final String TOKEN = "0123456789abcdef";

  private final List<String> done = new ArrayList<>();
  private final CountDownLatch release = new CountDownLatch(1);
  private StatusServer server;

  private final Site site =
      new Site() {
        private final Map<String, Document> documents =
            Map.of(
                "/status", Document.json(() -> "{\"name\":\"a\"}\n"),
                "/metrics", Document.metrics(() -> "up 1\n"),
                "/wait", Document.text(() -> awaited()),
                "/broken",
                    Document.text(
                        () -> {
                          throw new IllegalArgumentException("a secret");
                        }));

        @Override
        public Map<String, Document> documents() {
          return documents;
        }

        @Override
        public List<Control> controls() {
          return List.of(
              control("POST", "/thing", done::add),
              control("DELETE", "/thing", nothing -> done.add("undone")),
              control(
                  "POST",
                  "/refuses",
                  nothing -> {
                    throw new IllegalStateException("not now");
                  }),
              control(
                  "POST",
                  "/fails",
                  nothing -> {
                    throw new IOException("disk full");
                  }));
        }
      };

  private String awaited() {
    try {
      release.await();
      return "at last\n";
    } catch (InterruptedException e) {
      return "interrupted\n";
    }
  }

  private static Control control(String method, String path, Control.Action action) {
    return new Control(method, path, "", "Thing", "", "", action, () -> true);
  }

  private StatusServer start(Optional<String> token, Duration patience) throws IOException {
    server =
        StatusServer.start(
            site,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new Gate(token, Set.of("fw1.example")),
            patience);
    return server;
  }

  private void start() throws IOException {
    start(Optional.of(TOKEN), Duration.ofSeconds(20));
  }

  @AfterEach
  void end() {
    release.countDown();
    if (server != null) {
      server.close();
    }
  }

  private HttpResponse<String> send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.url() + path.substring(1)))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> change(String path, String body, String... more)
      throws IOException, InterruptedException {
    List<String> headers = new ArrayList<>(List.of("Authorization", "Bearer " + TOKEN));
    headers.addAll(List.of(more));
    return send("POST", path, body, headers.toArray(String[]::new));
  }

  private int port() {
    return URI.create(server.url()).getPort();
  }

  /** What comes for these bytes, headers that no client would send included. */
  private String raw(String bytes) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
      socket.getOutputStream().write(bytes.getBytes(UTF_8));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  private static String get(String host, String more) {
    return "GET /status HTTP/1.1\r\nHost: " + host + "\r\n" + more + "Connection: close\r\n\r\n";
  }

  @Test
  void aBrowserGetsThePageAndAProgramTheStatus() throws Exception {
    start();
    HttpResponse<String> page = send("GET", "/", "", "Accept", "text/html,*/*;q=0.8");
    assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    assertThat(page.body()).startsWith("<!doctype html>").doesNotContain("/*script*/", "/*style*/");
    HttpResponse<String> json = send("GET", "/", "");
    assertThat(json.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(json.body()).isEqualTo(send("GET", "/status", "").body());
    assertThat(json.headers().firstValue("Cache-Control")).contains("no-store");
  }

  @Test
  void thePageLoadsNothingAndRunsNothingButItself() throws Exception {
    start();
    HttpResponse<String> page = send("GET", "/", "", "Accept", "text/html");
    String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
    assertThat(policy)
        .contains("default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'")
        .contains("script-src 'sha256-", "style-src 'sha256-")
        .doesNotContain("unsafe");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(page.headers().firstValue("Referrer-Policy")).contains("no-referrer");
    assertThat(page.body()).doesNotContain("innerHTML", "src=\"http", "href=\"http", "eval(");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/status", "/metrics", "/"})
  void headIsAnsweredLikeGetWithoutABody(String path) throws Exception {
    start();
    HttpResponse<String> head = send("HEAD", path, "");
    HttpResponse<String> get = send("GET", path, "");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("Content-Length"))
        .isEqualTo(get.headers().firstValue("Content-Length"))
        .contains(Integer.toString(get.body().length()));
    assertThat(head.headers().firstValue("Content-Type"))
        .isEqualTo(get.headers().firstValue("Content-Type"));
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /nothing, 404, ",
    "POST, /nothing, 404, ",
    "POST, /status, 405, 'GET, HEAD'",
    "PUT, /thing, 405, 'DELETE, POST'",
    "GET, /thing, 405, 'DELETE, POST'",
    "GET, /status/../thing, 404, ",
  })
  void whatThereIsNotIsSaid(String method, String path, int code, String allowed) throws Exception {
    start();
    HttpResponse<String> answer = send(method, path, "", "Authorization", "Bearer " + TOKEN);
    assertThat(answer.statusCode()).isEqualTo(code);
    assertThat(answer.headers().firstValue("Allow")).isEqualTo(Optional.ofNullable(allowed));
    assertThat(answer.body()).startsWith("there are ");
  }

  @Test
  void aChangeWantsTheToken() throws Exception {
    start();
    assertThat(send("POST", "/thing", "x").statusCode()).isEqualTo(401);
    assertThat(send("POST", "/thing", "x", "Authorization", "Bearer nonsense").statusCode())
        .isEqualTo(401);
    assertThat(send("POST", "/thing", "x", "Authorization", TOKEN).statusCode()).isEqualTo(401);
    assertThat(send("DELETE", "/thing", "").statusCode()).isEqualTo(401);
    assertThat(done).isEmpty();
    assertThat(change("/thing", " a\nreason\u0007 ").statusCode()).isEqualTo(200);
    assertThat(send("DELETE", "/thing", "", "Authorization", "Bearer " + TOKEN).statusCode())
        .isEqualTo(200);
    assertThat(done).containsExactly("a reason", "undone");
  }

  @Test
  void withoutATokenNobodyChangesAnything() throws Exception {
    start(Optional.empty(), Duration.ofSeconds(20));
    assertThat(change("/thing", "x").statusCode()).isEqualTo(403);
    assertThat(send("POST", "/thing", "x", "Authorization", "Bearer ").statusCode()).isEqualTo(403);
    assertThat(done).isEmpty();
  }

  @Test
  void pagesOfOtherSitesChangeNothingEvenWithTheToken() throws Exception {
    start();
    assertThat(change("/thing", "x", "Origin", "http://evil.example").statusCode()).isEqualTo(403);
    assertThat(change("/thing", "x", "Origin", "null").statusCode()).isEqualTo(403);
    assertThat(change("/thing", "x", "Sec-Fetch-Site", "cross-site").statusCode()).isEqualTo(403);
    assertThat(change("/thing", "x", "Sec-Fetch-Site", "same-site").statusCode()).isEqualTo(403);
    assertThat(done).isEmpty();
    String ours = server.url().substring(0, server.url().length() - 1);
    assertThat(change("/thing", "x", "Origin", ours, "Sec-Fetch-Site", "same-origin").statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.0.0.1:80", "LOCALHOST:9", "[::1]:80", "fw1.example:9"})
  void whoKnowsWhereHeIsIsServed(String host) throws Exception {
    start();
    assertThat(raw(get(host, ""))).startsWith("HTTP/1.1 200 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:80",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "127.0.0.1@evil.example",
        "",
        "2130706433x",
        "fw1.example.",
        "[::1].evil.example"
      })
  void aNameThatWasReboundToThisAddressIsRefused(String host) throws Exception {
    start();
    assertThat(raw(get(host, ""))).startsWith("HTTP/1.1 421 ").doesNotContain("\"name\"");
  }

  @Test
  void aProgramOfOldSaysNoHost() throws Exception {
    start();
    assertThat(raw("GET /status HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 200 ").endsWith("}\n");
  }

  @Test
  void twoHostsAreNone() throws Exception {
    start();
    assertThat(raw(get("127.0.0.1", "Host: evil.example\r\n"))).startsWith("HTTP/1.1 421 ");
  }

  @Test
  void aBodyThatIsTooLongIsNotRead() throws Exception {
    start();
    assertThat(change("/thing", "x".repeat(5000)).statusCode()).isEqualTo(413);
    assertThat(done).isEmpty();
    assertThat(change("/thing", "x".repeat(4000)).statusCode()).isEqualTo(200);
    assertThat(done.get(0)).hasSize(500);
  }

  @Test
  void whatDoesNotWorkIsSaid() throws Exception {
    start();
    assertThat(change("/refuses", "").statusCode()).isEqualTo(409);
    assertThat(change("/refuses", "").body()).isEqualTo("not now\n");
    assertThat(change("/fails", "").statusCode()).isEqualTo(500);
    assertThat(change("/fails", "").body()).isEqualTo("disk full\n");
    HttpResponse<String> broken = send("GET", "/broken", "");
    assertThat(broken.statusCode()).isEqualTo(500);
    assertThat(broken.body()).doesNotContain("secret");
  }

  @Test
  void theSlowAreCutOffAndTheOthersServed() throws Exception {
    start(Optional.of(TOKEN), Duration.ofMillis(300));
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 12; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
        slow.add(socket);
        socket.getOutputStream().write("GET /status HTT".getBytes(UTF_8));
        socket.getOutputStream().flush();
      }
      assertThat(send("GET", "/status", "").statusCode())
          .as("behind all who never end their request")
          .isEqualTo(200);
      for (Socket socket : slow) {
        assertThat(socket.getInputStream().read()).as("it was cut off").isEqualTo(-1);
      }
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void manyAtOnceAreBoundedAndNobodyHangs() throws Exception {
    start();
    List<Socket> waiting = new ArrayList<>();
    try {
      for (int i = 0; i < 60; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
        waiting.add(socket);
        socket
            .getOutputStream()
            .write("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
        socket.getOutputStream().flush();
      }
      long threads =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().equals("pfha-status"))
              .count();
      assertThat(threads).isLessThanOrEqualTo(4);
      release.countDown();
      int served = 0;
      for (Socket socket : waiting) {
        served += read(socket).endsWith("at last\n") ? 1 : 0;
      }
      assertThat(served).as("some were too many").isBetween(20, 59);
      assertThat(send("GET", "/status", "").statusCode()).isEqualTo(200);
    } finally {
      for (Socket socket : waiting) {
        socket.close();
      }
    }
  }

  private static String read(Socket socket) {
    try {
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    } catch (IOException reset) {
      return "";
    }
  }

  @Test
  void itsPortIsFreeAfterwards() throws Exception {
    start();
    int port = port();
    assertThat(send("GET", "/status", "").statusCode()).isEqualTo(200);
    server.close();
    server.close();
    assertThat(catchThrowable(() -> new Socket(InetAddress.getLoopbackAddress(), port).close()))
        .isInstanceOf(ConnectException.class);
    try (StatusServer again =
        StatusServer.start(
            site,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            Optional.empty(),
            Set.of())) {
      assertThat(again.url()).isEqualTo("http://127.0.0.1:" + port + "/");
    }
  }
}
