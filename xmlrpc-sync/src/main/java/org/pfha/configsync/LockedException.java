package org.pfha.configsync;

import java.io.IOException;

/** Another writer holds the configuration's lock. */
public final class LockedException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Makes one. */
  public LockedException() {
    super("another change of the configuration is being applied");
  }
}
