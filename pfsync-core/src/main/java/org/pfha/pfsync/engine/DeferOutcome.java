package org.pfha.pfsync.engine;

/** What became of a packet that was held until a peer has its state (spec pfsync 13). */
public enum DeferOutcome {
  /** A peer has acknowledged the state. */
  ACKNOWLEDGED(true),
  /** Another packet of the connection has passed. */
  TRAFFIC(true),
  /** No peer has answered in time. */
  TIMED_OUT(true),
  /** Too many packets were held; the oldest had to go. */
  CROWDED_OUT(true),
  /** The state is not replicated, so nobody could acknowledge it. */
  NOT_SYNCED(true),
  /** The node was closed. */
  CLOSED(true),
  /** A peer has handled traffic of the connection: this packet is late. */
  SUPERSEDED(false),
  /** The state is gone. */
  REMOVED(false);

  private final boolean released;

  DeferOutcome(boolean released) {
    this.released = released;
  }

  /**
   * Whether the held packet is to be sent.
   *
   * @return false if it is to be dropped
   */
  public boolean isReleased() {
    return released;
  }
}
