package org.pfha.configsync.rpc;

import java.io.IOException;

/** A body that goes on beyond the limit, whatever its header said. */
final class BodyTooLongException extends IOException {
  private static final long serialVersionUID = 1L;
}
