package org.pfha.configsync.rpc;

import java.io.IOException;

/** The peer's certificate is not the pinned one, or not trusted. Nothing was sent. */
public final class PeerCertificateException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one.
   *
   * @param message what was expected and what was seen
   */
  public PeerCertificateException(String message) {
    super(message);
  }
}
