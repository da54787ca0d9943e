package org.pfha.configsync;

import java.io.IOException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import org.pfha.configsync.SyncException.At;
import org.pfha.configsync.rpc.HttpStatusException;
import org.pfha.configsync.rpc.PeerCertificateException;
import org.pfha.configsync.rpc.RpcFormatException;

/** What the transport's failures mean to an operator, and which are safe to repeat. */
final class TransportFailure {
  private TransportFailure() {}

  /** A call whose answer is missing may still be running over there: not sent twice. */
  static boolean isRepeatable(IOException failure) {
    if (failure instanceof HttpStatusException http) {
      return http.status() == 502 || http.status() == 503 || http.status() == 504;
    }
    if (failure instanceof PeerCertificateException || failure instanceof RpcFormatException) {
      return false;
    }
    return !(failure instanceof HttpTimeoutException)
        || failure instanceof HttpConnectTimeoutException;
  }

  static SyncException cause(At at, IOException failure, Duration limit) {
    String what = String.valueOf(failure.getMessage());
    if (failure instanceof PeerCertificateException) {
      return new SyncException.CertificateUntrusted(at, what);
    }
    if (failure instanceof HttpStatusException http) {
      return new SyncException.HttpError(at, http.status());
    }
    if (failure instanceof RpcFormatException) {
      return new SyncException.MalformedAnswer(at, what);
    }
    if (failure instanceof HttpTimeoutException) {
      return new SyncException.TimedOut(at, "the call", limit);
    }
    return new SyncException.Unreachable(at, failure.getClass().getSimpleName());
  }
}
