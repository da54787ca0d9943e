package org.pfha.configsync.rpc;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * The JDK's HTTPS server in front of an {@link RpcServer}: TLS 1.2 or later, HTTP/1.1, one path,
 * {@code POST} only, every limit of {@link ServerLimits}. Thread-safe. Source: spec sections 2, 22.
 *
 * <p>The JDK's server has settings of its own that hold for the whole JVM. Unless set on the
 * command line, they are set when this class is first used: {@code sun.net.httpserver.maxReqTime}
 * and {@code maxRspTime} to 900 s (a request, an answer), {@code sun.net.httpserver.idleInterval}
 * to 15 s (a connection on which nothing was ever sent, or nothing more), {@code
 * jdk.httpserver.maxConnections} to 512. They have no effect when another server of the JDK was
 * started in this JVM before.
 */
public final class RpcHttpsServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RpcHttpsServer.class.getName());
  private static final int BACKLOG = 64;
  private static final int LINGER_BYTES = 1 << 20;

  static {
    setUnlessSet("sun.net.httpserver.maxReqTime", "900");
    setUnlessSet("sun.net.httpserver.maxRspTime", "900");
    setUnlessSet("sun.net.httpserver.idleInterval", "15");
    setUnlessSet("jdk.httpserver.maxConnections", "512");
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private final RpcServer server;
  private final ServerLimits limits;
  private final ServedIdentity identity;
  private final RequestPool pool;
  private final HttpsServer http;
  private final Object calls = new Object();
  private int inFlight;
  private boolean closing;

  private RpcHttpsServer(
      InetSocketAddress bind, TlsIdentity identity, RpcServer server, ServerLimits limits)
      throws IOException {
    this.server = server;
    this.limits = limits;
    this.identity = new ServedIdentity(identity);
    this.http = HttpsServer.create(bind, BACKLOG);
    this.pool = new RequestPool(limits);
    http.setHttpsConfigurator(new Tls(this.identity.context()));
    http.setExecutor(pool);
    http.createContext("/", this::serve);
  }

  /** Told of each connection before its handshake, on the thread that will serve it. */
  private final class Tls extends HttpsConfigurator {
    Tls(SSLContext context) {
      super(context);
    }

    @Override
    public void configure(HttpsParameters parameters) {
      SSLParameters ssl = getSSLContext().getDefaultSSLParameters();
      ssl.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
      parameters.setSSLParameters(ssl);
      if (!pool.claim(parameters.getClientAddress().getAddress())) {
        Thread.currentThread().interrupt(); // closes the connection at its first read
      }
    }
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
   * Starts on a given address, IPv4 or IPv6, with the default limits.
   *
   * @param bind address and port
   * @param identity key and certificate
   * @param server what answers
   * @return the running server
   * @throws IOException when the address cannot be bound
   */
  public static RpcHttpsServer start(InetSocketAddress bind, TlsIdentity identity, RpcServer server)
      throws IOException {
    return start(bind, identity, server, ServerLimits.DEFAULT);
  }

  /**
   * Starts on a given address, IPv4 or IPv6.
   *
   * @param bind address and port
   * @param identity key and certificate
   * @param server what answers
   * @param limits what it puts up with
   * @return the running server
   * @throws IOException when the address cannot be bound
   */
  public static RpcHttpsServer start(
      InetSocketAddress bind, TlsIdentity identity, RpcServer server, ServerLimits limits)
      throws IOException {
    RpcHttpsServer running = new RpcHttpsServer(bind, identity, server, limits);
    running.http.start();
    return running;
  }

  /**
   * The port in use.
   *
   * @return 1 to 65535
   */
  public int port() {
    return http.getAddress().getPort();
  }

  /**
   * Where it listens.
   *
   * @return address and port in use
   */
  public InetSocketAddress address() {
    return http.getAddress();
  }

  /**
   * What new connections are shown.
   *
   * @return the identity
   */
  public TlsIdentity identity() {
    return identity.current();
  }

  /**
   * Shows new connections another identity; those that exist keep theirs.
   *
   * @param renewed for example {@link TlsIdentity#renewed}
   */
  public void identity(TlsIdentity renewed) {
    identity.change(renewed);
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!pool.claim(exchange.getRemoteAddress().getAddress()) || !begin()) {
        refuse(exchange, RpcReply.UNAVAILABLE);
        return;
      }
      try {
        RequestHead head =
            new RequestHead(
                exchange.getRequestMethod(),
                exchange.getRequestURI(),
                exchange.getRequestHeaders());
        RequestHead.Verdict verdict = head.check(limits.body());
        if (verdict == RequestHead.Verdict.NOT_ALLOWED) {
          exchange.getResponseHeaders().set("Allow", "POST");
        }
        if (verdict == RequestHead.Verdict.ACCEPTED) {
          answer(exchange);
        } else {
          refuse(exchange, verdict.status);
        }
      } finally {
        end();
      }
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a request failed inside the server: " + e.getClass());
      throw e;
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    RequestWatch.Body body = pool.watched().new Body(exchange.getRequestBody());
    RpcReply reply;
    try {
      reply =
          server.handle(
              exchange.getRemoteAddress().getAddress(),
              exchange.getRequestHeaders().getFirst("Authorization"),
              body);
    } catch (BodyTooLongException e) {
      refuse(exchange, RequestHead.Verdict.TOO_LONG.status);
      return;
    }
    EncodedMessage message = reply.body();
    if (message == null) {
      exchange.getResponseHeaders().set("Retry-After", Long.toString(reply.retryAfterSeconds()));
      refuse(exchange, reply.status());
      return;
    }
    send(exchange, reply.status(), message, body);
  }

  private void refuse(HttpExchange exchange, int status) throws IOException {
    EncodedMessage nothing = new EncodedMessage(List.of(new byte[] {'\n'}), 1);
    send(exchange, status, nothing, pool.watched().new Body(exchange.getRequestBody()));
  }

  private void send(
      HttpExchange exchange, int status, EncodedMessage message, RequestWatch.Body body)
      throws IOException {
    if (!body.ended()) {
      exchange.getResponseHeaders().set("Connection", "close");
    }
    exchange
        .getResponseHeaders()
        .set("Content-Type", status == RpcReply.OK ? "text/xml; charset=utf-8" : "text/plain");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, message.length());
    OutputStream out = pool.watched().answer(exchange.getResponseBody());
    message.writeTo(out);
    out.flush();
    body.linger(LINGER_BYTES);
    out.close();
  }

  private boolean begin() {
    synchronized (calls) {
      if (!closing) {
        inFlight++;
      }
      return !closing;
    }
  }

  private void end() {
    synchronized (calls) {
      inFlight--;
      calls.notifyAll();
    }
  }

  /**
   * Stops: calls in flight are finished within {@link ServerLimits#drain}, new ones are refused.
   * The port is free afterwards.
   */
  @Override
  public void close() {
    boolean interrupted = false;
    synchronized (calls) {
      closing = true;
      long deadline = System.nanoTime() + limits.drain().toNanos();
      for (long left; inFlight > 0 && (left = deadline - System.nanoTime()) > 0; ) {
        try {
          TimeUnit.NANOSECONDS.timedWait(calls, left);
        } catch (InterruptedException e) {
          interrupted = true;
          break;
        }
      }
    }
    http.stop(0);
    pool.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
