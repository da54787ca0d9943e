package org.pfha.configsync.rpc;

import java.io.IOException;

/** An HTTP status other than 200. The body is not kept. */
public final class HttpStatusException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * Makes one.
   *
   * @param status the HTTP status
   */
  public HttpStatusException(int status) {
    super("HTTP status " + status);
    this.status = status;
  }

  /**
   * The status.
   *
   * @return for example 502
   */
  public int status() {
    return status;
  }
}
