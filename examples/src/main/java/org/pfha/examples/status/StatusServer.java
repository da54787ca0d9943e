package org.pfha.examples.status;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Serves a {@link Site} and the page that shows it. Thread-safe.
 *
 * <pre>
 *   GET /           the page for a browser, what /status says for everybody else
 *   GET PATH        a document of the site
 *   METHOD PATH     a control of the site; wants Authorization: Bearer TOKEN, the body is its argument
 * </pre>
 *
 * <p>Read only without a token. Requests for names that are not this host's own, and changes that
 * pages of other sites ask for, are refused. Threads, waiting requests, the length of a body and
 * the time for a request are bounded.
 */
public final class StatusServer implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(StatusServer.class.getName());

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int BACKLOG = 32;
  private static final int LONGEST_BODY = 4096;
  private static final int LONGEST_ARGUMENT = 500;

  static {
    // Of the JDK's servers in this JVM, unless somebody has said otherwise.
    setUnlessSet("sun.net.httpserver.idleInterval", "15");
    setUnlessSet("jdk.httpserver.maxConnections", "512");
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private final Site site;
  private final Gate gate;
  private final Page page;
  private final Map<String, Map<String, Control>> controls = new HashMap<>();
  private final HttpServer http;
  private final RequestThreads threads;

  /** An answer, with one header more than all have, or none. */
  private record Answer(int code, String type, String body, @Nullable String header, String value) {
    static Answer of(Document document) {
      return new Answer(200, document.type(), document.body().get(), null, "");
    }

    static Answer text(int code, String body) {
      return text(code, body, null, "");
    }

    static Answer text(int code, String body, @Nullable String header, String value) {
      return new Answer(code, "text/plain; charset=utf-8", body + "\n", header, value);
    }
  }

  private StatusServer(
      Site site, InetSocketAddress address, Gate gate, Page page, Duration patience)
      throws IOException {
    this.site = site;
    this.gate = gate;
    this.page = page;
    for (Control control : site.controls()) {
      controls
          .computeIfAbsent(control.path(), path -> new TreeMap<>())
          .put(control.method(), control);
    }
    http = HttpServer.create(address, BACKLOG);
    threads = new RequestThreads(patience.toNanos());
    http.setExecutor(threads);
    http.createContext("/", this::serve);
  }

  /**
   * Starts it.
   *
   * @param site to be served
   * @param address to listen on; port 0 takes any free one
   * @param token that allows changes; without it there are none
   * @param names of this host by which it may be asked beside its addresses, in lower case
   * @return running
   * @throws IOException if it cannot listen there
   */
  public static StatusServer start(
      Site site, InetSocketAddress address, Optional<String> token, Set<String> names)
      throws IOException {
    return start(site, address, new Gate(token, names), PATIENCE);
  }

  static StatusServer start(Site site, InetSocketAddress address, Gate gate, Duration patience)
      throws IOException {
    StatusServer server = new StatusServer(site, address, gate, Page.load(), patience);
    server.http.start();
    return server;
  }

  /**
   * Where the page is.
   *
   * @return such as {@code http://127.0.0.1:9112/}
   */
  public String url() {
    InetSocketAddress address = http.getAddress();
    String host = address.getAddress().getHostAddress();
    return address.getAddress() instanceof Inet6Address
        ? "http://[%s]:%d/".formatted(host, address.getPort())
        : "http://%s:%d/".formatted(host, address.getPort());
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer = safely(exchange);
      byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
      Headers headers = exchange.getResponseHeaders();
      headers.set("Content-Type", answer.type);
      headers.set("Cache-Control", "no-store");
      headers.set("Content-Security-Policy", page.policy());
      headers.set("X-Content-Type-Options", "nosniff");
      headers.set("Referrer-Policy", "no-referrer");
      headers.set("Cross-Origin-Resource-Policy", "same-origin");
      headers.set("Vary", "Accept");
      if (answer.header != null) {
        headers.set(answer.header, answer.value);
      }
      if (exchange.getRequestMethod().equals("HEAD")) {
        headers.set("Content-Length", Integer.toString(body.length));
        exchange.sendResponseHeaders(answer.code, -1);
      } else {
        exchange.sendResponseHeaders(answer.code, body.length);
        exchange.getResponseBody().write(body);
      }
    }
  }

  private Answer safely(HttpExchange exchange) throws IOException {
    try {
      return answer(exchange);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a request for the status failed", e);
      return Answer.text(500, "failed: " + e.getClass().getSimpleName() + "; see the log");
    }
  }

  private Answer answer(HttpExchange exchange) throws IOException {
    Headers request = exchange.getRequestHeaders();
    if (!gate.isForUs(request)) {
      return Answer.text(421, "ask for this host by its address, or list its name");
    }
    String path = exchange.getRequestURI().getPath();
    String method = exchange.getRequestMethod();
    boolean reads = method.equals("GET") || method.equals("HEAD");
    Document document = site.documents().get(path.equals("/") ? "/status" : path);
    if (reads && document != null) {
      return path.equals("/") && wantsHtml(request)
          ? new Answer(200, "text/html; charset=utf-8", page.html(), null, "")
          : Answer.of(document);
    }
    Map<String, Control> here = controls.getOrDefault(path, Map.of());
    if (here.isEmpty() && document == null) {
      return Answer.text(404, "there are " + String.join(", ", paths()));
    }
    Control control = here.get(method);
    if (control == null) {
      Set<String> allowed = new TreeSet<>(here.keySet());
      if (document != null) {
        allowed.addAll(Set.of("GET", "HEAD"));
      }
      String methods = String.join(", ", allowed);
      return Answer.text(405, "there are " + methods, "Allow", methods);
    }
    return change(control, exchange);
  }

  private static boolean wantsHtml(Headers request) {
    return String.join(",", request.getOrDefault("Accept", List.of())).contains("text/html");
  }

  private Set<String> paths() {
    Set<String> paths = new TreeSet<>(site.documents().keySet());
    paths.addAll(controls.keySet());
    return paths;
  }

  private Answer change(Control control, HttpExchange exchange) throws IOException {
    Headers request = exchange.getRequestHeaders();
    if (!gate.isOurOwnPage(request)) {
      return Answer.text(403, "a page of another site asked for this change");
    }
    if (gate.isReadOnly()) {
      return Answer.text(403, "read only: it was started without a token");
    }
    if (!gate.hasToken(request)) {
      return Answer.text(
          401,
          "a change wants the header Authorization: Bearer TOKEN",
          "WWW-Authenticate",
          "Bearer");
    }
    byte[] body = exchange.getRequestBody().readNBytes(LONGEST_BODY + 1);
    if (body.length > LONGEST_BODY) {
      return Answer.text(413, "at most " + LONGEST_BODY + " bytes", "Connection", "close");
    }
    try {
      control.action().perform(line(new String(body, StandardCharsets.UTF_8)));
      return Answer.text(200, "done");
    } catch (IllegalStateException e) {
      return Answer.text(409, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return Answer.text(500, String.valueOf(e.getMessage()));
    }
  }

  private static String line(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.substring(0, Math.min(line.length(), LONGEST_ARGUMENT));
  }

  /** Ends it; the port is free afterwards. */
  @Override
  public void close() {
    threads.close();
    http.stop(0);
  }
}
