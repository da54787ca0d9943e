package org.pfha.configsync;

import java.time.Duration;
import org.pfha.configsync.SyncException.At;
import org.pfha.configsync.rpc.RpcException;

/** What the transport's failures mean to an operator, and which are safe to repeat. */
final class TransportFailure {
  private TransportFailure() {}

  /**
   * Connections that could not be made or broke, what was not sent in time, and a web server that
   * waits for what is behind it. A call that was delivered and not answered in time may still be
   * running over there: it is not sent twice. Source: spec section 15.
   */
  static boolean isRepeatable(RpcException failure) {
    return switch (failure.reason()) {
      case UNKNOWN_HOST, CONNECTION_REFUSED, NO_ROUTE, UNREACHABLE, CONNECTION_LOST -> true;
      case TIMEOUT -> !failure.delivered();
      case HTTP_STATUS ->
          failure.status() == 502 || failure.status() == 503 || failure.status() == 504;
      default -> false;
    };
  }

  static SyncException cause(At at, String user, RpcException failure, Duration limit) {
    String what = String.valueOf(failure.getMessage());
    return switch (failure.reason()) {
      case CANNOT_BE_SENT -> new SyncException.Unsendable(at, what);
      case UNKNOWN_HOST, CONNECTION_REFUSED, NO_ROUTE, UNREACHABLE, CONNECTION_LOST ->
          new SyncException.Unreachable(at, what);
      case TLS_EXPIRED -> new SyncException.CertificateExpired(at, what);
      case TLS_NOT_YET_VALID -> new SyncException.CertificateNotYetValid(at, what);
      case TLS_UNTRUSTED -> new SyncException.CertificateUntrusted(at, what);
      case TLS_WRONG_HOST -> new SyncException.WrongHost(at, what);
      case TLS_PIN_MISMATCH -> new SyncException.PinMismatch(at, what);
      case TLS_PROTOCOL -> new SyncException.TlsFailed(at, what);
      case TIMEOUT -> new SyncException.TimedOut(at, words(failure.step()), limit);
      case HTTP_STATUS -> new SyncException.HttpError(at, failure.status());
      case HTML, NOT_XML, EMPTY -> new SyncException.NotXml(at, what);
      case MALFORMED, LIMIT -> new SyncException.MalformedAnswer(at, what);
      case AUTHENTICATION -> new SyncException.Credentials(at, user);
    };
  }

  private static String words(RpcException.Step step) {
    return switch (step) {
      case CONNECT -> "connecting";
      case TLS -> "the TLS handshake";
      case SEND -> "sending";
      case WAIT -> "waiting for the answer";
      case BODY -> "receiving the answer";
    };
  }
}
