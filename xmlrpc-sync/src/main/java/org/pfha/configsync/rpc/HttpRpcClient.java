package org.pfha.configsync.rpc;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.ZipException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.rpc.RpcException.Cause;
import org.pfha.configsync.rpc.RpcException.Step;

/**
 * HTTP/1.1 over TLS 1.2 or later to one peer: no redirect, no proxy, no second try, one deadline
 * over everything. Thread-safe. Source: spec sections 2, 22 and 23.
 */
final class HttpRpcClient implements RpcClient {
  private static final int OK = 200;
  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;
  private static final long PROBE_MILLIS = 500;

  private final URI target;
  private final HttpClient client;
  private final Decoding decoding;
  private final long maxAnswer;
  private final Duration connectTimeout;

  HttpRpcClient(RpcClientBuilder options, URI target) {
    this.target = target;
    this.decoding = options.decoding;
    this.maxAnswer = options.maxAnswer;
    this.connectTimeout = options.connectTimeout;
    SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(connectTimeout)
            .sslParameters(parameters)
            .sslContext(options.trust.context())
            .build();
  }

  /** One exchange, and how far it has come. */
  private final class Exchange {
    private final RpcRequest request;
    private final long deadline;
    private final EncodedMessage message;
    private final long length;
    private final AtomicLong sent = new AtomicLong();
    private volatile boolean answered;

    Exchange(RpcRequest request) throws RpcException {
      this.request = request;
      this.deadline = System.nanoTime() + request.budget().toNanos();
      this.message = AnswerReader.encode(request);
      this.length = message.length();
    }

    private Step step() {
      if (answered) {
        return Step.BODY;
      }
      if (sent.get() == length) {
        return Step.WAIT;
      }
      return sent.get() > 0 ? Step.SEND : Step.CONNECT;
    }

    private HttpRequest.BodyPublisher body() {
      return HttpRequest.BodyPublishers.fromPublisher(
          HttpRequest.BodyPublishers.ofByteArrays(
              () ->
                  message.pieces(
                      bytes -> {
                        request.progress().moved(sent.addAndGet(bytes), length, 0);
                      })),
          length);
    }

    RpcAnswer perform() throws RpcFault, RpcException, InterruptedException {
      HttpRequest http =
          HttpRequest.newBuilder(target)
              .header("Content-Type", "text/xml; charset=utf-8")
              .header("Accept-Encoding", "gzip")
              .header("User-Agent", "pfHA")
              .header("Authorization", request.credentials().header())
              .POST(body())
              .build();
      CompletableFuture<HttpResponse<AnswerStream>> future =
          client.sendAsync(
              http,
              info ->
                  new AnswerStream(
                      deadline, bytes -> request.progress().moved(sent.get(), length, bytes)));
      try {
        HttpResponse<AnswerStream> response =
            future.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        answered = true;
        try (AnswerStream body = response.body()) {
          return read(response, body);
        }
      } catch (TimeoutException | AnswerStream.Late e) {
        throw late();
      } catch (ExecutionException e) {
        throw failed(e.getCause());
      } catch (RpcException e) {
        throw e;
      } catch (ZipException | EOFException e) {
        throw new RpcException(
            Cause.MALFORMED, Step.BODY, "an answer that is not the gzip it says it is");
      } catch (IOException e) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        throw new RpcException(Cause.CONNECTION_LOST, Step.BODY, "the answer ended early");
      } finally {
        future.cancel(true);
      }
    }

    private RpcAnswer read(HttpResponse<AnswerStream> response, AnswerStream body)
        throws RpcFault, IOException {
      if (response.statusCode() != OK) {
        throw AnswerReader.status(response.statusCode());
      }
      List<String> encodings = response.headers().allValues("Content-Encoding");
      String encoding = String.join(",", encodings).trim().toLowerCase(Locale.ROOT);
      InputStream plain =
          switch (encoding) {
            case "", "identity" -> LimitedAnswer.of(body, maxAnswer);
            case "gzip" -> LimitedAnswer.inflating(body, maxAnswer);
            default ->
                throw new RpcException(
                    Cause.LIMIT, Step.BODY, "an answer in an encoding that was not offered");
          };
      Object value = AnswerReader.decode(plain, decoding);
      X509Certificate certificate =
          response
              .sslSession()
              .map(
                  session -> {
                    try {
                      return (X509Certificate) session.getPeerCertificates()[0];
                    } catch (SSLPeerUnverifiedException e) {
                      return null;
                    }
                  })
              .orElse(null);
      return new RpcAnswer(value, peerTime(response), certificate, length, body.count());
    }

    private RpcException late() {
      Step step = step();
      return new RpcException(Cause.TIMEOUT, step, "no complete answer within " + request.budget());
    }

    private RpcException failed(@Nullable Throwable cause) {
      for (Throwable t = cause; t != null; t = t.getCause()) {
        if (t instanceof PeerTrust.Refusal refusal) {
          return new RpcException(refusal.reason, Step.TLS, String.valueOf(refusal.getMessage()));
        }
        if (t instanceof UnresolvedAddressException || t instanceof UnknownHostException) {
          return connect(Cause.UNKNOWN_HOST, "the host has no address");
        }
        if (t instanceof NoRouteToHostException
            || String.valueOf(t.getMessage()).contains("is unreachable")) {
          return connect(Cause.NO_ROUTE, "there is no route to the peer");
        }
      }
      if (cause instanceof HttpConnectTimeoutException) {
        boolean connected = probe() == null;
        return new RpcException(
            Cause.TIMEOUT,
            connected ? Step.TLS : Step.CONNECT,
            (connected ? "no handshake within " : "no connection within ") + connectTimeout);
      }
      if (cause instanceof ConnectException) {
        IOException why = probe();
        if (why instanceof NoRouteToHostException) {
          return connect(Cause.NO_ROUTE, "there is no route to the peer");
        }
        return String.valueOf(why).contains("refused")
            ? connect(Cause.CONNECTION_REFUSED, "nobody listens on the port")
            : connect(Cause.UNREACHABLE, "the connection cannot be made");
      }
      if (cause instanceof SSLException && sent.get() == 0) {
        return new RpcException(Cause.TLS_PROTOCOL, Step.TLS, "TLS failed: " + cause.getMessage());
      }
      return new RpcException(
          Cause.CONNECTION_LOST, step(), "the connection ended before the answer");
    }

    /** Connects without TLS: the JDK's client does not tell why, nor in which step, it failed. */
    private @Nullable IOException probe() {
      int standard = target.getScheme().equals("http") ? HTTP_PORT : HTTPS_PORT;
      int port = target.getPort() < 0 ? standard : target.getPort();
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      try (Socket socket = new Socket()) {
        socket.connect(
            new InetSocketAddress(target.getHost(), port),
            (int) Math.max(1, Math.min(left, PROBE_MILLIS)));
        return null;
      } catch (IOException e) {
        return e;
      }
    }

    private RpcException connect(Cause reason, String message) {
      return new RpcException(reason, Step.CONNECT, message);
    }
  }

  private static @Nullable Instant peerTime(HttpResponse<?> response) {
    try {
      return response
          .headers()
          .firstValue("Date")
          .map(text -> DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from))
          .orElse(null);
    } catch (DateTimeException e) {
      return null;
    }
  }

  @Override
  public RpcAnswer call(RpcRequest request) throws RpcFault, RpcException, InterruptedException {
    return new Exchange(request).perform();
  }
}
