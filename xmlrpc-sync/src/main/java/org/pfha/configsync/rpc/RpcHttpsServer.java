package org.pfha.configsync.rpc;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLParameters;

/** The JDK's HTTPS server in front of an {@link RpcServer}. Thread-safe. */
public final class RpcHttpsServer implements AutoCloseable {
  private static final int THREADS = 4;

  private final HttpsServer http;
  private final ExecutorService threads;

  private RpcHttpsServer(HttpsServer http, ExecutorService threads) {
    this.http = http;
    this.threads = threads;
  }

  /**
   * Starts on the loopback address.
   *
   * @param port 0 for any free one
   * @param identity key and certificate
   * @param server what answers
   * @return the running server
   * @throws IOException when the port is taken
   */
  public static RpcHttpsServer start(int port, TlsIdentity identity, RpcServer server)
      throws IOException {
    return start(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), identity, server);
  }

  /**
   * Starts on a given address.
   *
   * @param bind address and port
   * @param identity key and certificate
   * @param server what answers
   * @return the running server
   * @throws IOException when the address cannot be bound
   */
  public static RpcHttpsServer start(InetSocketAddress bind, TlsIdentity identity, RpcServer server)
      throws IOException {
    HttpsServer http = HttpsServer.create(bind, 16);
    http.setHttpsConfigurator(
        new HttpsConfigurator(identity.serverContext()) {
          @Override
          public void configure(com.sun.net.httpserver.HttpsParameters parameters) {
            SSLParameters ssl = getSSLContext().getDefaultSSLParameters();
            ssl.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
            parameters.setSSLParameters(ssl);
          }
        });
    ExecutorService threads =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "pfha-configsync");
              thread.setDaemon(true);
              return thread;
            });
    http.setExecutor(threads);
    http.createContext("/", exchange -> answer(exchange, server));
    http.start();
    return new RpcHttpsServer(http, threads);
  }

  private static void answer(HttpExchange exchange, RpcServer server) throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals("/xmlrpc.php")) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      if (!exchange.getRequestMethod().equals("POST")) {
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      List<String> headers = exchange.getRequestHeaders().get("Authorization");
      String authorization = headers != null && headers.size() == 1 ? headers.get(0) : null;
      byte[] response;
      if (!server.accepts(authorization)) {
        response = XmlRpc.encodeFault(RpcServer.refused());
      } else {
        byte[] body =
            announcesTooMuch(exchange)
                ? null
                : exchange.getRequestBody().readNBytes(XmlRpc.MAX_BYTES + 1);
        if (body == null || body.length > XmlRpc.MAX_BYTES) {
          exchange.getResponseHeaders().set("Connection", "close");
          exchange.sendResponseHeaders(413, -1);
          return;
        }
        response = server.handle(exchange.getRemoteAddress().getAddress(), authorization, body);
      }
      exchange.getResponseHeaders().set("Content-Type", "text/xml; charset=utf-8");
      exchange.sendResponseHeaders(200, response.length);
      exchange.getResponseBody().write(response);
    }
  }

  /** Then nothing of the body is read. */
  private static boolean announcesTooMuch(HttpExchange exchange) {
    String length = exchange.getRequestHeaders().getFirst("Content-Length");
    return length != null
        && length.matches("\\d{1,18}")
        && Long.parseLong(length) > XmlRpc.MAX_BYTES;
  }

  /**
   * The port in use.
   *
   * @return 1 to 65535
   */
  public int port() {
    return http.getAddress().getPort();
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
  }
}
