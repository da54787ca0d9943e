package org.pfha.configsync.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** A listening node with a few methods, and raw connections to it. */
final class Node implements AutoCloseable {
  static final TlsIdentity IDENTITY = identity();
  static final String USER = "hasync";
  static final String SECRET = "Sync-Pa55 wörd/+%:@";
  static final Credentials ACCOUNT = new Credentials(USER, SECRET.toCharArray());
  static final InetSocketAddress LOOPBACK =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  final AtomicInteger calls = new AtomicInteger();
  final CountDownLatch entered = new CountDownLatch(1);
  final CountDownLatch release = new CountDownLatch(1);
  final RpcServer server;
  final RpcHttpsServer https;

  Node() throws IOException {
    this(LOOPBACK, ServerLimits.DEFAULT);
  }

  Node(InetSocketAddress bind, ServerLimits limits) throws IOException {
    server =
        RpcServer.builder(
                Authenticator.of(Map.of(USER, PasswordCheck.of(SECRET.toCharArray()))),
                (user, method) -> !method.equals("forbidden"))
            .methods(
                Map.of(
                    "echo", (caller, call) -> counted(call.parameters()),
                    "who", (caller, call) -> List.of(caller.getHostAddress(), call.user()),
                    "forbidden", (caller, call) -> counted("performed"),
                    "wait", (caller, call) -> waiting(),
                    "broken", (caller, call) -> broken()))
            .multicall()
            .build();
    https = RpcHttpsServer.start(bind, IDENTITY, server, limits);
  }

  private Object counted(Object result) {
    calls.incrementAndGet();
    return result;
  }

  private Object waiting() {
    entered.countDown();
    try {
      release.await();
    } catch (InterruptedException e) {
      return "interrupted";
    }
    return "finished";
  }

  private static Object broken() {
    throw new IllegalStateException("secret: " + SECRET);
  }

  private static TlsIdentity identity() {
    return TlsIdentity.selfSigned(
        Instant.now(), Duration.ofDays(30), List.of("127.0.0.1", "::1", "localhost"));
  }

  static ServerLimits limits(Duration header, Duration grace, int perAddress) {
    return new ServerLimits(
        1 << 20,
        8,
        8,
        perAddress,
        header,
        1000,
        grace,
        Duration.ofSeconds(60),
        Duration.ofSeconds(5));
  }

  int port() {
    return https.port();
  }

  RpcClient client() {
    return RpcClient.to("https://127.0.0.1:" + port())
        .trust(PeerTrust.certificate(IDENTITY.fingerprint()))
        .build();
  }

  static RpcRequest request(String method, Object... parameters) {
    return RpcRequest.of(ACCOUNT, Duration.ofSeconds(30), method, parameters);
  }

  static String authorization(String user, String secret) {
    return "Authorization: Basic "
        + Base64.getEncoder().encodeToString((user + ":" + secret).getBytes(StandardCharsets.UTF_8))
        + "\r\n";
  }

  static String authorization() {
    return authorization(USER, SECRET);
  }

  static String call(String method) {
    return "<methodCall><methodName>" + method + "</methodName><params/></methodCall>";
  }

  /** A TLS connection that says what it likes. */
  SSLSocket connect() throws Exception {
    return connect(https.port());
  }

  static SSLSocket connect(int port) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        null,
        new TrustManager[] {
          new javax.net.ssl.X509TrustManager() {
            @Override
            public void checkClientTrusted(
                java.security.cert.X509Certificate[] chain, String type) {}

            @Override
            public void checkServerTrusted(
                java.security.cert.X509Certificate[] chain, String type) {}

            @Override
            public java.security.cert.X509Certificate[] getAcceptedIssuers() {
              return new java.security.cert.X509Certificate[0];
            }
          }
        },
        new SecureRandom());
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(30_000);
    return socket;
  }

  /** Sends a request and returns everything up to the end of the connection. */
  String exchange(String head, String body) throws Exception {
    try (SSLSocket socket = connect()) {
      send(socket, head, body);
      return rest(socket);
    }
  }

  static void send(SSLSocket socket, String head, String body) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write((head + "\r\n" + body).getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /** Until the peer closes, or resets. */
  static String rest(SSLSocket socket) throws IOException {
    StringBuilder text = new StringBuilder();
    InputStream in = socket.getInputStream();
    byte[] buffer = new byte[4096];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        text.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
      }
    } catch (java.net.SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      // A reset ends it as well.
    }
    return text.toString();
  }

  String post(String headers, String body) throws Exception {
    return exchange(
        "POST /xmlrpc.php HTTP/1.1\r\nHost: peer\r\nConnection: close\r\n"
            + headers
            + "Content-Length: "
            + body.getBytes(StandardCharsets.UTF_8).length
            + "\r\n",
        body);
  }

  @Override
  public void close() {
    release.countDown();
    https.close();
  }
}
