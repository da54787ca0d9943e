package org.pfha.configsync.rpc;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;

/** Carries one call to the peer and its answer back. Thread-safe. */
@FunctionalInterface
public interface RpcTransport {

  /**
   * One exchange.
   *
   * @param credentials for the peer
   * @param body the encoded call
   * @param timeout for the whole exchange
   * @return the body of the answer, at most {@link XmlRpc#MAX_BYTES} bytes
   * @throws IOException {@link java.net.http.HttpTimeoutException}, {@link
   *     PeerCertificateException}, {@link HttpStatusException}, or any other failure to reach the
   *     peer
   * @throws InterruptedException when the waiting thread is interrupted
   */
  byte[] exchange(Credentials credentials, byte[] body, Duration timeout)
      throws IOException, InterruptedException;

  /**
   * Over HTTPS.
   *
   * @param peer {@code https://host:port}; the path is the product's
   * @param fingerprint SHA-256 of the peer's certificate in hex, colons allowed; empty to trust
   *     what the JDK trusts
   * @param connectTimeout for the connection alone
   * @return a transport that follows no redirect
   */
  static RpcTransport https(URI peer, String fingerprint, Duration connectTimeout) {
    return new HttpsTransport(peer, fingerprint, connectTimeout);
  }

  /**
   * To a server in the same JVM, without a socket.
   *
   * @param server the peer
   * @param caller the address the peer sees
   * @return a transport that calls it on the caller's thread
   */
  static RpcTransport inMemory(RpcServer server, InetAddress caller) {
    return (credentials, body, timeout) -> {
      EncodedMessage answer =
          server.handle(caller, credentials.header(), new ByteArrayInputStream(body)).body();
      return answer == null ? new byte[0] : answer.toByteArray();
    };
  }
}
