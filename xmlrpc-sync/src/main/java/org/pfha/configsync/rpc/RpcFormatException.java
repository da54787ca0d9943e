package org.pfha.configsync.rpc;

import java.io.IOException;

/** Bytes that are no XML-RPC message, or exceed a limit; or a value that cannot be sent. */
public final class RpcFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one.
   *
   * @param message what is wrong, without any content of the message
   */
  public RpcFormatException(String message) {
    super(message);
  }
}
