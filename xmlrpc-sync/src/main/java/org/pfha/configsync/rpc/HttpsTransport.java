package org.pfha.configsync.rpc;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** HTTP/1.1 over TLS 1.2 or later, pinned or trusted, never redirected. */
final class HttpsTransport implements RpcTransport {
  private static final int MAX_RATIO = 100;

  private final URI target;
  private final HttpClient client;

  HttpsTransport(URI peer, String fingerprint, Duration connectTimeout) {
    if (!"https".equals(peer.getScheme())
        || peer.getHost() == null
        || peer.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "the peer must be https://host:port without user and password");
    }
    target = URI.create("https://" + peer.getRawAuthority() + "/xmlrpc.php");
    SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(connectTimeout)
            .sslParameters(parameters);
    if (!fingerprint.isEmpty()) {
      builder.sslContext(pinned(PeerTrust.parse(fingerprint)));
    }
    client = builder.build();
  }

  private static SSLContext pinned(byte[] fingerprint) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Pin(fingerprint)}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has TLS", e);
    }
  }

  @Override
  public byte[] exchange(Credentials credentials, byte[] body, Duration timeout)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(target)
            .timeout(timeout)
            .header("Content-Type", "text/xml; charset=utf-8")
            .header("Accept-Encoding", "gzip")
            .header("User-Agent", "pfHA")
            .header("Authorization", credentials.header())
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    CompletableFuture<HttpResponse<byte[]>> future =
        client.sendAsync(request, info -> new BoundedBody());
    try {
      HttpResponse<byte[]> response = future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() != 200) {
        throw new HttpStatusException(response.statusCode());
      }
      String encoding = response.headers().firstValue("Content-Encoding").orElse("identity");
      return switch (encoding) {
        case "identity" -> response.body();
        case "gzip" -> inflate(response.body());
        default ->
            throw new RpcFormatException(
                RpcFormatException.Flaw.REFUSED, "an answer in an encoding that was not offered");
      };
    } catch (TimeoutException e) {
      future.cancel(true);
      throw new HttpTimeoutException("no complete answer within " + timeout);
    } catch (InterruptedException e) {
      future.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  private static IOException failure(@Nullable Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof CertificateException certificate) {
        return new PeerCertificateException(String.valueOf(certificate.getMessage()));
      }
    }
    if (cause instanceof SSLException) {
      return new IOException("TLS failed: " + cause.getMessage());
    }
    return cause instanceof IOException io ? io : new IOException("the call failed");
  }

  static byte[] inflate(byte[] gzip) throws IOException {
    long limit = Math.min(XmlRpc.MAX_BYTES, Math.max(1 << 20, (long) gzip.length * MAX_RATIO));
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
      byte[] bytes = in.readNBytes((int) limit + 1);
      if (bytes.length > limit) {
        throw new RpcFormatException(
            RpcFormatException.Flaw.REFUSED, "an answer that inflates beyond the limit");
      }
      return bytes;
    }
  }

  /** Collects a body and gives up when it grows beyond the limit. */
  private static final class BoundedBody implements HttpResponse.BodySubscriber<byte[]> {
    private final CompletableFuture<byte[]> result = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Flow.@Nullable Subscription subscription;

    @Override
    public CompletionStage<byte[]> getBody() {
      return result;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        byte[] chunk = new byte[buffer.remaining()];
        buffer.get(chunk);
        if (bytes.size() + chunk.length > XmlRpc.MAX_BYTES) {
          result.completeExceptionally(
              new RpcFormatException(
                  RpcFormatException.Flaw.REFUSED, "an answer beyond the limit"));
          if (subscription != null) {
            subscription.cancel();
          }
          return;
        }
        bytes.write(chunk, 0, chunk.length);
      }
    }

    @Override
    public void onError(Throwable failure) {
      result.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      result.complete(bytes.toByteArray());
    }
  }

  /** Trusts one certificate, whatever names it carries. */
  private static final class Pin extends X509ExtendedTrustManager {
    private final byte[] fingerprint;

    Pin(byte[] fingerprint) {
      this.fingerprint = fingerprint;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
      byte[] seen = Fingerprints.sha256(chain[0].getEncoded());
      if (!MessageDigest.isEqual(seen, fingerprint)) {
        HexFormat hex = HexFormat.of();
        throw new CertificateException(
            "the peer shows certificate "
                + hex.formatHex(seen)
                + ", pinned is "
                + hex.formatHex(fingerprint));
      }
    }

    private static CertificateException noClients() {
      return new CertificateException("clients are not verified here");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw noClients();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      throw noClients();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      throw noClients();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
