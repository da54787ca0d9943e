package org.pfha.configsync.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The adapter for the JDK's HTTPS server: how it comes, goes and keeps connections. */
@Timeout(60)
class RpcHttpsServerTest {
  /** One each: the common pool of a small machine has one thread for all. */
  private static final Executor THREADS = task -> new Thread(task).start();

  @Test
  void callsAreAnsweredOverBothFamilies() throws Exception {
    byte[] loopback = new byte[16];
    loopback[15] = 1;
    InetAddress six = InetAddress.getByAddress(loopback);
    for (InetAddress address : List.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), six)) {
      Node node;
      try {
        node = new Node(new InetSocketAddress(address, 0), ServerLimits.DEFAULT);
      } catch (IOException e) {
        Assumptions.abort("this machine has no " + address);
        return;
      }
      try (node) {
        String host = address.equals(six) ? "[::1]" : "127.0.0.1";
        RpcClient client =
            RpcClient.to("https://" + host + ":" + node.port())
                .trust(PeerTrust.authorities(Node.IDENTITY.chain()))
                .build();
        assertThat(client.call(Node.request("who")).value())
            .isEqualTo(List.of(address.getHostAddress(), Node.USER));
      }
    }
  }

  @Test
  void aServerIsStartedAgainOnTheSamePort() throws Exception {
    Node first = new Node();
    int port = first.port();
    first.client().call(Node.request("echo"));
    first.close();
    try (Node second =
        new Node(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ServerLimits.DEFAULT)) {
      assertThat(second.client().call(Node.request("echo", 1)).value()).isEqualTo(List.of(1));
      assertThatThrownBy(() -> new Node(second.https.address(), ServerLimits.DEFAULT))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void closingWaitsForCallsInFlightAndRefusesNewOnes() throws Exception {
    Node node = new Node();
    CompletableFuture<Object> inFlight =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return node.client().call(Node.request("wait")).value();
              } catch (Exception e) {
                return e;
              }
            },
            THREADS);
    assertThat(node.entered.await(10, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(node.https::close, THREADS);
    Object refused = "";
    while (!(refused instanceof RpcException)) {
      try {
        refused = node.client().call(Node.request("echo")).value();
      } catch (RpcException e) {
        refused = e;
      }
    }
    assertThat(((RpcException) refused).status()).isEqualTo(503);
    assertThat(closing).isNotDone();
    node.release.countDown();
    closing.get(10, TimeUnit.SECONDS);
    assertThat(inFlight.get(10, TimeUnit.SECONDS)).isEqualTo("finished");
  }

  @Test
  void closingDoesNotWaitForEver() throws Exception {
    ServerLimits impatient =
        new ServerLimits(
            1 << 20,
            4,
            4,
            4,
            Duration.ofSeconds(5),
            1000,
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofMillis(200));
    Node node = new Node(Node.LOOPBACK, impatient);
    CompletableFuture<Object> stuck =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return node.client().call(Node.request("wait")).value();
              } catch (Exception e) {
                return e;
              }
            },
            THREADS);
    assertThat(node.entered.await(10, TimeUnit.SECONDS)).isTrue();
    long begun = System.nanoTime();
    node.https.close();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    assertThat(stuck.get(10, TimeUnit.SECONDS)).isInstanceOf(RpcException.class);
  }

  private static String until(InputStream in, String end) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf(end) < 0) {
      int b = in.read();
      if (b < 0) {
        return text.toString();
      }
      text.append((char) b);
    }
    return text.toString();
  }

  @Test
  void aConnectionIsKeptForTheNextCall() throws Exception {
    String request =
        "POST /xmlrpc.php HTTP/1.1\r\nHost: peer\r\n"
            + Node.authorization()
            + "Content-Length: "
            + Node.call("echo").length()
            + "\r\n";
    try (Node node = new Node();
        SSLSocket socket = node.connect()) {
      for (int i = 0; i < 3; i++) {
        Node.send(socket, request, Node.call("echo"));
        assertThat(until(socket.getInputStream(), "</methodResponse>"))
            .startsWith("HTTP/1.1 200 ")
            .contains("text/xml; charset=utf-8", "Cache-control: no-store");
      }
      assertThat(node.calls).hasValue(3);
    }
  }

  @Test
  void whoAsksMayContinue() throws Exception {
    String body = Node.call("echo");
    try (Node node = new Node();
        SSLSocket socket = node.connect()) {
      Node.send(
          socket,
          "POST /xmlrpc.php HTTP/1.1\r\nHost: peer\r\nExpect: 100-continue\r\n"
              + Node.authorization()
              + "Content-Length: "
              + body.length()
              + "\r\n",
          "");
      assertThat(until(socket.getInputStream(), "\r\n\r\n")).startsWith("HTTP/1.1 100 ");
      socket.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      assertThat(until(socket.getInputStream(), "</methodResponse>")).startsWith("HTTP/1.1 200 ");
    }
    try (Node node = new Node()) {
      assertThat(node.post(Node.authorization() + "Expect: a-miracle\r\n", body))
          .startsWith("HTTP/1.1 417 ");
    }
  }

  @Test
  void refusedCredentialsDoNotLoseTheirAnswerBehindALargeBody() throws Exception {
    try (Node node = new Node()) {
      String answer = node.post(Node.authorization("x", "y"), "x".repeat(600_000));
      assertThat(answer).startsWith("HTTP/1.1 200 ").contains("Invalid username or password");
      assertThat(node.calls).hasValue(0);
    }
  }

  @Test
  void aLargeCallAndItsAnswerPassWhole() throws Exception {
    List<Object> rules =
        java.util.stream.IntStream.range(0, 20_000)
            .<Object>mapToObj(
                i -> java.util.Map.of("tracker", Integer.toString(i), "descr", "é" + i))
            .toList();
    try (Node node = new Node()) {
      RpcAnswer answer = node.client().call(Node.request("echo", rules));
      assertThat(answer.value()).isEqualTo(List.of(rules));
      assertThat(answer.received()).isGreaterThan(3_000_000);
    }
  }

  @Test
  void limitsThatLimitNothingAreRefusedAllAtOnce() {
    assertThatThrownBy(
            () ->
                new ServerLimits(
                    0,
                    0,
                    1,
                    1,
                    Duration.ZERO,
                    1,
                    Duration.ofSeconds(-1),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("body is 0", "threads is 0", "header is PT0S", "grace", "drain");
  }

  /** What holds for a whole JVM is looked at in one of its own. */
  @Test
  void theJdksOwnLimitsAreSetUnlessTheyAre() throws Exception {
    assertThat(inAJvmOfItsOwn()).isEqualTo("900 900 15 512");
    assertThat(inAJvmOfItsOwn("-Dsun.net.httpserver.maxReqTime=7")).isEqualTo("7 900 15 512");
  }

  @Test
  void silentConnectionsAreClosedByTheJdk() throws Exception {
    assertThat(
            inAJvmOfItsOwn(
                "-Dsun.net.httpserver.idleInterval=1",
                "-Dsun.net.httpserver.clockTick=200",
                "-Dsilent=true"))
        .endsWith("closed");
  }

  private static String inAJvmOfItsOwn(String... options) throws Exception {
    List<String> command = new java.util.ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), OwnJvm.class.getName()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return said.strip();
  }

  /** Starts a server, says what the JDK was told, and waits for a silent connection's end. */
  static final class OwnJvm {
    private OwnJvm() {}

    public static void main(String[] arguments) throws Exception {
      try (RpcHttpsServer server =
          RpcHttpsServer.start(
              0,
              TlsIdentity.selfSigned(Instant.now()),
              RpcServer.builder(Authenticator.of(java.util.Map.of()), (user, method) -> false)
                  .build())) {
        System.out.print(
            System.getProperty("sun.net.httpserver.maxReqTime")
                + " "
                + System.getProperty("sun.net.httpserver.maxRspTime")
                + " "
                + System.getProperty("sun.net.httpserver.idleInterval")
                + " "
                + System.getProperty("jdk.httpserver.maxConnections"));
        if (Boolean.getBoolean("silent")) {
          try (java.net.Socket socket =
              new java.net.Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            System.out.print(socket.getInputStream().read() < 0 ? " closed" : " answered");
          }
        }
        System.out.flush();
      }
    }
  }
}
