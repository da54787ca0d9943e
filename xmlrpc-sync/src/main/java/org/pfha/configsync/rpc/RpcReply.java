package org.pfha.configsync.rpc;

import org.jspecify.annotations.Nullable;

/**
 * What a server answers. Immutable.
 *
 * @param status the HTTP status: 200, or 503 when the caller has to wait
 * @param body null unless the status is 200
 * @param retryAfterSeconds how long to wait, 0 when not at all
 */
public record RpcReply(int status, @Nullable EncodedMessage body, long retryAfterSeconds) {
  static final int OK = 200;
  static final int UNAVAILABLE = 503;

  static RpcReply of(EncodedMessage body) {
    return new RpcReply(OK, body, 0);
  }
}
