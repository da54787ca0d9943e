package org.pfha.examples.node;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Answers for a node on a local port. Thread-safe.
 *
 * <pre>
 *   GET    /status       JSON
 *   GET    /metrics      Prometheus
 *   GET    /explain      text: why is everything as it is?
 *   POST   /maintenance  enters maintenance; the body is the reason
 *   DELETE /maintenance  leaves it
 *   POST   /disable      bows out of everything until /enable or a restart
 *   POST   /enable
 * </pre>
 *
 * <p>Whatever changes something wants {@code Authorization: Bearer TOKEN}; without a configured
 * token nothing can be changed.
 */
final class StatusServer implements AutoCloseable {

  private static final int LONGEST_REASON = 500;
  private static final int WAITING = 16;

  private final HaNode node;
  private final NodeReport report;
  private final Optional<String> token;
  private final HttpServer http;
  private final ExecutorService executor;

  /** An answer. */
  private record Answer(int code, String type, String body) {
    static Answer text(int code, String body) {
      return new Answer(code, "text/plain; charset=utf-8", body + "\n");
    }
  }

  StatusServer(HaNode node, NodeConfig.Status where) throws IOException {
    this.node = node;
    report = new NodeReport(node);
    token = where.token();
    http = HttpServer.create(where.address(), WAITING);
    executor =
        new ThreadPoolExecutor(
            1,
            2,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            task -> {
              Thread thread = new Thread(task, "pfha-status");
              thread.setDaemon(true);
              return thread;
            });
    http.setExecutor(executor);
    http.createContext("/", this::serve);
    http.start();
  }

  InetSocketAddress address() {
    return http.getAddress();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer = answer(exchange);
      byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", answer.type);
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(answer.code, head || body.length == 0 ? -1 : body.length);
      if (!head) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private Answer answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    return switch (exchange.getRequestMethod()) {
      case "GET", "HEAD" -> read(path);
      case "POST", "DELETE" ->
          isAllowed(exchange)
              ? change(exchange.getRequestMethod() + " " + path, exchange)
              : Answer.text(
                  token.isPresent() ? 401 : 403,
                  token.isPresent()
                      ? "a change wants the header Authorization: Bearer TOKEN"
                      : "read only: no status.token_file is configured");
      default -> Answer.text(405, "GET, POST or DELETE");
    };
  }

  private boolean isAllowed(HttpExchange exchange) {
    List<String> given = exchange.getRequestHeaders().getOrDefault("Authorization", List.of());
    return token.isPresent()
        && given.size() == 1
        && MessageDigest.isEqual(
            ("Bearer " + token.get()).getBytes(StandardCharsets.UTF_8),
            given.get(0).getBytes(StandardCharsets.UTF_8));
  }

  private Answer read(String path) {
    return switch (path) {
      case "/", "/status" -> new Answer(200, "application/json", report.json() + "\n");
      case "/metrics" -> new Answer(200, Metrics.CONTENT_TYPE, report.metrics());
      case "/explain" -> new Answer(200, "text/plain; charset=utf-8", report.text());
      default -> Answer.text(404, "there are /status, /metrics, /explain");
    };
  }

  private Answer change(String what, HttpExchange exchange) throws IOException {
    try {
      switch (what) {
        case "POST /maintenance" -> node.carp().enterMaintenance(reason(exchange));
        case "DELETE /maintenance" -> node.carp().leaveMaintenance();
        case "POST /disable" -> node.carp().disable();
        case "POST /enable" -> node.carp().enable();
        default -> {
          return Answer.text(404, "there are POST and DELETE /maintenance, POST /disable, /enable");
        }
      }
      return Answer.text(200, "done");
    } catch (IOException | IllegalStateException e) {
      return Answer.text(500, String.valueOf(e.getMessage()));
    }
  }

  private static String reason(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(LONGEST_REASON);
    String reason = new String(body, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}+", " ").strip();
    return reason.isEmpty() ? "by request" : reason;
  }

  @Override
  public void close() {
    http.stop(0);
    executor.shutdownNow();
  }
}
